"""Tables as a terminal shows them: as wide as it is, with the words of others as plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from runners.cli.output import Column, cell


def console(stderr: bool = False) -> Console:
    """Return the terminal; words in it are never taken for markup, and numbers in them are not coloured."""
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], title: str | None = None) -> Table:
    """Return the rows as a table. Its first column is never broken, the others are broken where they must be, and none is cut."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left", title_style="bold")
    for number, (name, _) in enumerate(columns):
        made.add_column(name, no_wrap=number == 0, overflow="fold", header_style="dim")
    for row in rows:
        made.add_row(*(Text(cell(read_cell(row))) for _, read_cell in columns))
    return made
