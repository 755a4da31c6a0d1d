"""`release`: what a deploy does before its programs start."""

import click

from runners.cli.direct import opened


@click.command()
def release() -> None:
    """Check the configuration and the server, and bring stored data to this version's form; ends with 1 or 2 when it cannot.

    Programs of the last version go on meanwhile. Every program does the same when it starts: this says early what is wrong.
    """
    from runners.engine.store.data_format import bring_up
    from runners.engine.version import VERSION

    with opened() as (platform, _):
        version = bring_up(platform.store)
        click.echo(f"ready for version {VERSION}: mode {platform.store.mode.name}, data of form {version}")
