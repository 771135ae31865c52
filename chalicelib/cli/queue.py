"""`yijianshi queue`: what lies in the dead letters, and delivering it again with a recorded reason."""

import click

from chalicelib import bootstrap
from chalicelib.cli.tenant import operator
from chalicelib.domain.act import Act
from chalicelib.services.jobs.redrive_messages import QUEUES, redrive_messages


@click.group()
def group() -> None:
    """Dead letters: list them, deliver them again."""


@group.command(name="list")
def list_dead_letters() -> None:
    """How many messages failed too often, per queue."""
    for name, count in bootstrap.queues().waiting().items():
        click.echo(f"{name:<8} {count}")


@group.command()
@click.argument("queue", type=click.Choice(QUEUES))
@click.option("--reason", required=True, help="what was mended; stands in the history of every tenant concerned")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 1000))
def redrive(queue: str, reason: str, limit: int) -> None:
    """Deliver the dead letters of QUEUE again."""
    act = Act(actor=operator(), at=bootstrap.clock()())
    count = redrive_messages(bootstrap.store(), bootstrap.queues(), act, queue=queue, reason=reason, limit=limit)
    click.echo(f"{queue}: {count} delivered again")
