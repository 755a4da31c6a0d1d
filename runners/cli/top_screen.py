"""The screen of `top`, within the size that a terminal has."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from runners.cli.output import cell
from runners.cli.tables import fitting, table
from runners.cli.top_view import Look, headline, sections

AROUND = 4
"""Lines that a part takes beside its rows: its title, its heads, a rule, and the space after it."""


def screen(seen: Look, url: str, trouble: str, width: int, height: int) -> RenderableType:
    """Return the screen; every part has its share of `height`, and the columns that fit into `width`.

    `trouble` is why the last look failed, or ''.
    """
    state = (
        Text(f"AWAY {cell(trouble)}; shown is the last look", "bold red") if trouble else Text(headline(seen), "bold")
    )
    said = -(-state.cell_len // width)
    listed = max(1, (height - 2 - said) // 3 - AROUND)
    parts = [
        table(rows, columns[: fitting(rows, columns, width)], title) for title, rows, columns in sections(seen, listed)
    ]
    return Group(Text(f"{url}  q: end", "dim"), state, *parts)
