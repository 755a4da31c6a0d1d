"""The commands by name, and how an error ends one: 0 ok, 1 failed, 2 usage or settings."""

from typing import Any

import click

from runners.cli import completion  # noqa: F401 - a shell may ask in a way that click learns there
from runners.cli.commands import Waiting
from runners.engine.errors import MultijobError, SettingsInvalid
from runners.engine.programs.unseen import be_unseen
from runners.engine.version import VERSION

HERE = frozenset(
    {
        *("up", "status", "stop", "web", "scheduler", "worker", "connector", "healthy", "release"),
        *("doctor", "audit", "user", "token", "secrets", "backup", "restore", "profile", "completion"),
    }
)
"""Commands of this machine, of its store, or of the terminal itself; contract §10."""


class Commands(click.Group):
    """A group that tells every deliberate error in its own words, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a bad environment ends with 2, any other deliberate error with 1."""
        try:
            return super().invoke(ctx)
        except MultijobError as error:
            from runners.cli.output import lines  # brings along what a process else never needs

            click.echo(lines(str(error)), err=True)
            ctx.exit(2 if isinstance(error, SettingsInvalid) else 1)


@click.group(cls=Commands, commands=Waiting(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="multijob")
@click.option("--profile", metavar="NAME", help="Ask the server of this profile; see `multijob profile`.")
@click.pass_context
def main(ctx: click.Context, profile: str | None) -> None:
    """Scheduled jobs under guards. `up` runs everything on this machine; `job` and `run` talk to a server."""
    be_unseen()  # what `command.run` starts is of the same user
    if profile is not None and ctx.invoked_subcommand in HERE:
        raise click.UsageError(
            f"--profile names a server to ask, and '{ctx.invoked_subcommand}' asks none: it works here"
        )
