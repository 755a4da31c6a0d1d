"""`multijob simulate`: a safe load on a virtual clock."""

import click

from runners.simulation.main import main


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.pass_context
def simulate(ctx: click.Context) -> None:
    """Play a safe load on a virtual clock, in this process; `--help` lists the options."""
    ctx.exit(main(["--virtual", *ctx.args], "multijob simulate"))
