"""`yijianshi draw`: recompute a ticket order, or verify a certificate, on the reader's own computer."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import click

from chalicelib.domain.draw import InvalidDrawError, ticket_order

VERIFIER = Path(__file__).parent.parent.joinpath("web", "static", "verify", "verify_draw.py")


@click.group(help="双随机抽取：复算次序，核验证书。 Recompute and verify random draws.")
def group() -> None:
    """The group that the main command adds."""


def _parse_seed(_context: click.Context, _parameter: click.Parameter, text: str) -> bytes:
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if len(seed) != 32:
        raise click.BadParameter("种子为64位十六进制数。 A seed is 64 hex digits.")
    return seed


def _parse_weights(_context: click.Context, _parameter: click.Parameter, text: str) -> dict[str, int]:
    weights: dict[str, int] = {}
    for pair in text.split(","):
        name, _, weight = (part.strip() for part in pair.partition("="))
        if not name or not (weight.isascii() and weight.isdigit()):
            raise click.BadParameter(f"“{pair}”不是“编号=权重”。 Not identifier=weight.")
        if name in weights:
            raise click.BadParameter(f"编号“{name}”重复。 The identifier is repeated.")
        weights[name] = int(weight)
    return weights


@group.command(help="按抽取次序列出编号和抽取值，一行一个。 List identifiers and tickets in the order drawn.")
@click.option("--seed-hex", "seed", required=True, callback=_parse_seed, help="种子 seed, 64 hex digits")
@click.option("--weights", required=True, callback=_parse_weights, help="编号=权重 identifier=weight, e.g. A=1,B=2")
def order(seed: bytes, weights: dict[str, int]) -> None:
    """Plain identifiers stand where a draw has blinds."""
    try:
        tickets = ticket_order(seed, weights)
    except InvalidDrawError as error:
        raise click.BadParameter("权重为1至16的整数。 A weight is an integer from 1 to 16.") from error
    for name, ticket in tickets:
        click.echo(f"{name}\t{ticket.hex()}")


@group.command(
    help="核验抽取证书；退出码0一致，1不一致，2无法读取，3名单文件不全。 Verify a certificate.",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("arguments", nargs=-1, required=True, type=click.UNPROCESSED, metavar="FILE [--opening FILE] …")
def verify(arguments: tuple[str, ...]) -> None:
    """Runs the very script that the public downloads, with its options and exit codes."""
    sys.exit(_load_verifier().main(list(arguments)))


def _load_verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_draw", VERIFIER)
    if spec is None or spec.loader is None:
        raise click.ClickException(f"缺少核验程序。 The verifier is missing: {VERIFIER.name}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
