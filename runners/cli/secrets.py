"""`secrets`: keys of the stored secrets. It needs the keys themselves, so it works on the store, not over the API."""

import click

from runners.cli.direct import opened
from runners.cli.output import as_json, show_json
from runners.cli.progress import progress
from runners.engine.operations import Rotation, rotate_secrets
from runners.engine.vault import new_key


@click.group()
def secrets() -> None:
    """Keys of the stored secrets."""


@secrets.command()
@as_json
def key(as_json: bool) -> None:
    """Print a new key for ENCRYPTION_KEYS."""
    show_json({"key": new_key()}) if as_json else click.echo(new_key())


@secrets.command()
@as_json
def rotate(as_json: bool) -> None:
    """Seal all secrets anew with the first of ENCRYPTION_KEYS; may be ended at any moment and run again.

    Put the new key first (new,old) and restart every process before; take the old one away after. Ends with 1 when there
    are secrets that no key here opens.
    """

    with opened() as (platform, actor), progress("records") as tell:

        def told(rotation: Rotation) -> None:
            tell(rotation.done, rotation.total, f"{rotation.resealed} secrets sealed anew")

        found = rotate_secrets(platform, actor, told)
    if as_json:
        show_json(
            {
                "records": found.total,
                "resealed": found.resealed,
                "current": found.current,
                "unreadable": found.unreadable,
            }
        )
    else:
        click.echo(f"{found.resealed} secrets sealed anew, {found.current} were already, in {found.total} records")
        for fault in found.unreadable:
            click.echo(f"left as it is: {fault}", err=True)
    click.get_current_context().exit(1 if found.unreadable else 0)
