"""The command `yijianshi`: one group whose sub-groups are imported only when they are called."""

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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list without importing any group, so that help answers at once."""
        if names := self.list_commands(ctx):
            with formatter.section("Commands"):
                formatter.write_dl([(name, _GROUPS[name]) for name in names])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yijianshi", prog_name="yijianshi")
def main() -> None:
    """一件事: cross-department regulation, one matter at a time."""
