"""`yijianshi outbox`: what would have left the site, where no gateway is set up (never in production)."""

import click

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.services.notification.recording import recorded


@click.group()
def group() -> None:
    """Messages as the recording stand-in wrote them down."""


@group.command(name="list")
@click.argument("tenant")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200))
def list_outbox(tenant: str, limit: int) -> None:
    """The newest messages of TENANT: time, channel, state, to whom, what, link."""
    store = bootstrap.store()
    with bootstrap.scope(tenant, ScopeRole.READER):
        for message in store.notification_messages.recent(tenant, limit=limit).records:
            told = recorded(store, tenant, message.id) or {"to": "-", "text": message.reason or "-", "link": ""}
            line = (f"{message.created_at:%m-%d %H:%M}", message.channel, message.state, told["to"], told["text"])
            click.echo("  ".join((*line, told["link"])).rstrip())
