"""How far long work is: a bar on a terminal, a line for each change elsewhere; on stderr, so that answers stay whole."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Tell = Callable[[int, int, str], None]
"""Takes how much is done, of how much, and a remark ('' for none)."""


@contextmanager
def progress(what: str) -> Iterator[Tell]:
    """Give what tells of the work `what`, such as `runs`."""
    if not sys.stderr.isatty():
        yield _lines(what)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from runners.cli.tables import console

    remark = TextColumn("{task.fields[remark]}", markup=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), remark)
    with Progress(*columns, console=console(stderr=True)) as bars:
        bar = bars.add_task(what, total=None, remark="")
        yield lambda done, total, said: bars.update(bar, completed=done, total=total, remark=said)


def _lines(what: str) -> Tell:
    told = ""

    def tell(done: int, total: int, remark: str) -> None:
        nonlocal told
        line = f"{done} of {total} {what}{f', {remark}' if remark else ''}"
        if line != told:
            click.echo(line, err=True)
        told = line

    return tell
