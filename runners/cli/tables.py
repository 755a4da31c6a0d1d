"""Lists as a terminal shows them: as wide as it is, with the words of others as plain words."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from runners.cli.output import Column, cell

READABLE = 8
"""Cells that a column which may be broken gets at least."""
AROUND = 3
"""Cells that a column takes beside its words."""


def console(stderr: bool = False) -> Console:
    """Return the terminal; words in it are never taken for markup, and numbers in them are not coloured.

    With NO_COLOR (https://no-color.org) nothing is bold or dim, either.
    """
    plain = bool(os.environ.get("NO_COLOR"))
    return Console(stderr=stderr, color_system=None if plain else "auto", markup=False, highlight=False, emoji=False)


def listing(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], width: int) -> RenderableType:
    """Return the rows as a table, or one below the other where `width` is too small for one. Nothing is cut."""
    if fitting(rows, columns, width) == len(columns):
        return table(rows, columns)
    return Group(*(_card(row, columns) for row in rows))


def fitting(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], width: int) -> int:
    """Return how many of the columns can be read side by side within `width`: the first whole, at least one."""
    taken = 0
    for number, (name, read_cell) in enumerate(columns):
        widest = max(cell_len(text) for text in (name, *(cell(read_cell(row)) for row in rows)))
        taken += AROUND + (min(widest, READABLE) if number else widest)
        if taken > width:
            return max(1, number)
    return len(columns)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], title: str | None = None) -> Table:
    """Return the rows as a table of columns that fit: the first of several is not broken, others where they must be."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left", title_style="bold")
    for number, (name, _) in enumerate(columns):
        made.add_column(name, no_wrap=number == 0 < len(columns) - 1, overflow="fold", header_style="dim")
    for row in rows:
        made.add_row(*(Text(cell(read_cell(row))) for _, read_cell in columns))
    return made


def _card(row: Mapping[str, Any], columns: Sequence[Column]) -> Table:
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, read_cell in columns:
        made.add_row(name, Text(cell(read_cell(row))))
    made.add_row()
    return made
