"""The commands by name, and how an error ends one: 0 ok, 1 failed, 2 usage or settings."""

from typing import Any

import click

from runners.cli import (
    agents,
    api,
    approvals,
    audit,
    automation,
    backup,
    bulk,
    completion,
    doctor,
    grants,
    healthy,
    holding,
    job_bulk,
    jobs,
    machine,
    pausing,
    people,
    plan,
    processes,
    profiles,
    reasons,
    release,
    runs,
    secrets,
    simulate,
    tokens,
    top,
    versions,
)
from runners.cli.output import lines
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
            click.echo(lines(str(error)), err=True)
            ctx.exit(2 if isinstance(error, SettingsInvalid) else 1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
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


for command in (*reasons.COMMANDS, *holding.JOB_COMMANDS, *versions.COMMANDS, job_bulk.bulk):
    jobs.job.add_command(command)
for command in (*reasons.RUN_COMMANDS, bulk.bulk):
    runs.run.add_command(command)

for command in (
    machine.up,
    machine.status,
    machine.stop,
    *processes.COMMANDS,
    healthy.healthy,
    release.release,
    doctor.doctor,
    audit.audit,
    backup.backup,
    backup.restore,
    jobs.job,
    runs.run,
    approvals.approve,
    grants.grant,
    pausing.pause,
    pausing.resume,
    pausing.drain,
    *holding.COMMANDS,
    people.user,
    plan.plan,
    automation.automation,
    agents.agent,
    tokens.token,
    jobs.import_file,
    jobs.export,
    secrets.secrets,
    simulate.simulate,
    top.top,
    api.api,
    profiles.profile,
    completion.completion,
):
    main.add_command(command)
