"""`release`: what a deploy does before its programs start."""

import click

from runners.cli.direct import opened
from runners.cli.output import as_json, show_json


@click.command()
@as_json
def release(as_json: bool) -> None:
    """Check the configuration and the server, and bring stored data to this version's form; ends with 1 or 2 when it cannot.

    Programs of the last version go on meanwhile. Every program does the same when it starts: this says early what is wrong.
    """
    from runners.engine.store.data_format import bring_up
    from runners.engine.version import VERSION

    with opened() as (platform, _):
        version = bring_up(platform.store)
        mode = platform.store.mode.name
    if as_json:
        show_json({"version": VERSION, "mode": mode, "data_format": version})
    else:
        click.echo(f"ready for version {VERSION}: mode {mode}, data of form {version}")
