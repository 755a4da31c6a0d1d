"""`backup` and `restore`: a whole deployment as one file, and back; on the store itself, with no web process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from runners.cli.direct import opened
from runners.cli.output import as_json, show_fields, show_json
from runners.cli.progress import Tell, progress
from runners.engine.settings import read

OBJECTS_A_LINE = 500
FILE = click.Path(dir_okay=False, path_type=Path)
key_file = click.option(
    "--key",
    "key_file",
    type=click.File(encoding="utf-8"),
    help="A file with the key; BACKUP_KEY, or asked for, otherwise.",
)


@click.command()
@click.argument("file", type=FILE)
@key_file
@click.option(
    "--runs", type=click.IntRange(0, 1_000_000), default=10_000, show_default=True, help="How many of the newest runs."
)
@click.option("--logs/--no-logs", default=True, show_default=True, help="With what these runs wrote.")
@click.option("--force", is_flag=True, help="Write over a FILE that is there.")
@click.option(
    "--check",
    "checks",
    is_flag=True,
    help="Only read FILE, and say whether it is whole; with a key, whether it is yours.",
)
@as_json
def backup(file: Path, key_file: Any, runs: int, logs: bool, force: bool, checks: bool, as_json: bool) -> None:
    """Write everything into FILE while everything goes on: jobs, people, accounts, approvals, audit, events and recent runs.

    Secrets are sealed anew with the given key, without which nobody restores them. Ends with 1 when something could not be
    taken along, which is named.
    """
    if checks:
        return _check(file, _given(key_file), as_json)
    if file.exists() and not force:
        raise click.UsageError(f"'{file}' is there already; name another file, or say --force")
    from runners.backup import make_backup

    key = _key(key_file, confirm=True)
    with opened() as (platform, actor), _file_faults(file), progress("objects") as tell:
        made = make_backup(platform, actor, file, key, runs, logs, _now_and_then(tell))
    row = {"file": str(file), "bytes": file.stat().st_size, **_total(made.counts)}
    row |= {"lost_secrets": list(made.lost), "unreadable": list(made.broken)}
    show_json(row) if as_json else show_fields(row)
    if made.lost or made.broken:
        raise click.exceptions.Exit(1)
    return None


@click.command()
@click.argument("file", type=FILE)
@key_file
@as_json
def restore(file: Path, key_file: Any, as_json: bool) -> None:
    """Make the deployment of FILE here, where there must be nothing yet and no process may run.

    The whole file is checked first: a broken one, or another key, changes nothing.
    """
    from runners.backup import restore_backup

    key = _key(key_file, confirm=False)
    with opened() as (platform, actor), _file_faults(file), progress("objects") as tell:
        checked = restore_backup(platform, actor, file, key, _now_and_then(tell))
    row = {"file": str(file), "made_at": checked.head["made_at"], **_total(checked.counts), **checked.lacking}
    show_json(row) if as_json else show_fields(row)


def _now_and_then(tell: Tell) -> Callable[[int], None]:
    """Return what tells of every so many objects: a line for each would bury the rest."""
    return lambda done: tell(done, done, "") if done % OBJECTS_A_LINE == 0 else None


@contextmanager
def _file_faults(file: Path) -> Iterator[None]:
    """Say in a line that FILE cannot be read or written."""
    try:
        yield
    except OSError as fault:
        raise click.ClickException(f"'{file}' cannot be read or written: {fault.strerror or fault}") from fault


def _check(file: Path, key: str | None, as_json: bool) -> None:
    from runners.backup.restore import check

    with _file_faults(file), file.open("rb") as opened_file:
        checked = check(opened_file, key)
    row = {"file": str(file), "whole": True, "key_fits": True if key is not None else None}
    row |= {"made_at": checked.head["made_at"], "version": checked.head["version"], **_total(checked.counts)}
    row |= checked.lacking
    show_json(row) if as_json else show_fields(row)


def _total(counts: Any) -> dict[str, Any]:
    return {"holds": dict(sorted(counts.items()))}


def _given(file: Any) -> str | None:
    """Return the key of --key, else of BACKUP_KEY."""
    return file.read().strip() if file else read(os.environ).backup_key


def _key(file: Any, confirm: bool) -> str:
    key = _given(file)
    if key is None and sys.stdin.isatty():
        key = str(
            click.prompt("Key or passphrase of the backup", hide_input=True, confirmation_prompt=confirm, err=True)
        )
    if not key:
        raise click.UsageError(
            "a backup needs a key: give --key FILE, or set BACKUP_KEY; `multijob secrets key` makes one"
        )
    return key
