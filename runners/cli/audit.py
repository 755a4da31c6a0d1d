"""`audit`: check the chain, take it out, and go on with one that was broken; on the store itself, with no web process."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TextIO

import click

from runners import auditing
from runners.cli.direct import opened
from runners.cli.output import as_json, show_json
from runners.engine.audit_keys import audit_keys
from runners.engine.protocol import audit_upkeep
from runners.engine.settings import read


@click.group()
def audit() -> None:
    """Check the audit, or take it out; needs the store and the keys, and no web process."""


@audit.command()
@click.argument("export", type=click.File(encoding="utf-8"), required=False)
@as_json
def verify(export: TextIO | None, as_json: bool) -> None:
    """Check every entry of the store's audit, or of an EXPORT, and name those that were changed, removed or put in.

    Ends with 1 when anything is wrong. A check that finds all well remembers the newest entry in DATA_DIR/audit.seen, so
    that the next one also sees when the end was cut off.
    """
    if export:
        checked = auditing.check_export(export, audit_keys(read(os.environ)))
    else:
        with opened() as (platform, _):
            checked = auditing.check(platform)
    newest = checked.newest.text() if checked.newest else ""
    if as_json:
        show_json({"entries": checked.count, "newest": newest, "faults": [str(fault) for fault in checked.faults]})
    else:
        for fault in checked.faults:
            click.echo(f"BAD {fault}")
        click.echo(f"{'BAD' if checked.faults else 'ok'} {checked.count} entries, the newest: {newest or 'none'}")
    click.get_current_context().exit(1 if checked.faults else 0)


@audit.command()
@click.option("--output", type=click.File("w", encoding="utf-8"), default="-", help="A file; the terminal by default.")
def export(output: TextIO) -> None:
    """Write all entries as lines of JSON, the oldest first; `audit verify FILE` checks them anywhere with the keys."""
    with opened() as (platform, _):
        for row in auditing.export(platform):
            output.write(json.dumps(row, ensure_ascii=False) + "\n")


@audit.command()
@click.option("--reason", required=True, help="What happened, for whoever reads the audit.")
@as_json
def resume(reason: str, as_json: bool) -> None:
    """Go on with an audit that nothing goes on with: its end is broken, or the key of its newest entry is lost.

    Every change is refused until this is done. Nothing is repaired: `audit verify` goes on naming what is broken.
    """
    with opened() as (platform, actor):
        author = replace(actor, operation="resume_audit").author()
        head = audit_upkeep.resume(platform.store, author, reason)
    row = {"entry": head.number}
    show_json(row) if as_json else click.echo(f"the audit goes on with entry {head.number}")
