"""The command `yijianshi`: one group whose sub-groups are imported only when they are called."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

import click

_GROUPS = {
    "tenant": "create, list, reset, export and close tenants",
    "scenario": "list scenario packages and their tiers",
    "draw": "order tickets and verify certificates",
    "outbox": "show what would have left the site, where no gateway is set up",
    "queue": "list dead letters and deliver them again",
}


class LazyGroup(click.Group):
    """A group of groups: `<name>` lives in chalicelib/cli/<name>.py as the click group `group`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in _GROUPS if find_spec(f"chalicelib.cli.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"chalicelib.cli.{cmd_name}").group
        return command

    def invoke(self, ctx: click.Context) -> object:
        """A refusal or a cloud that does not answer is one sentence, and exit code 1."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            # Imported late: help and version answer without the domain.
            from chalicelib.domain.errors import YijianshiError

            if not isinstance(error, YijianshiError):
                raise
            raise click.ClickException(_words(error.code, error.details)) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list without importing any group, so that help answers at once."""
        if names := self.list_commands(ctx):
            with formatter.section("Commands"):
                formatter.write_dl([(name, _GROUPS[name]) for name in names])


def _words(code: str, details: Mapping[str, object]) -> str:
    if code == "storage_unavailable":
        return (
            f"the cloud does not answer ({details.get('cause', '')}): start the site with `make run` and type "
            "`. .local/environment` here, or set the deployed stack's table, region and credentials"
        )
    return " ".join([code, *(f"{name}={value}" for name, value in details.items())])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yijianshi", prog_name="yijianshi")
def main() -> None:
    """一件事: cross-department regulation, one matter at a time."""
