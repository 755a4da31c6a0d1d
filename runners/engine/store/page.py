"""One page of a list, however long the list is."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from runners.engine.errors import Malformed

Row = TypeVar("Row")

LONGEST_NUMBER = 15
"""Digits of a row's number."""
WALKED_AT_MOST = 20_000
"""Entries that one request looks at when no index answers it alone: the newest ones of the smallest index."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list.

    `total` counts the records of all pages, unreadable ones among them. `complete` is False when only the newest
    `WALKED_AT_MOST` candidates were looked at, back to `searched_to`; then there may be more rows than `total`, and the next
    page goes on looking. `next_cursor` is opaque and None on the last page; `newer_cursor` leads the other way, where that
    is known.
    `unreadable` names records that stand in the list but cannot be read; they never break the page.
    """

    rows: tuple[Row, ...]
    total: int
    next_cursor: str | None = None
    complete: bool = True
    unreadable: tuple[str, ...] = ()
    newer_cursor: str | None = None
    searched_to: datetime | None = None


def part_of(rows: Sequence[Row], name: Callable[[Row], str], limit: int, offset: int, cursor: str | None) -> Page[Row]:
    """Return a page of a short list that is at hand whole; `name` tells its rows apart. Raises Malformed."""
    before = name_before(cursor)
    places = {name(row): place for place, row in enumerate(rows)}
    first = offset + (0 if before is None else places.get(before, len(rows)) + 1)
    shown = tuple(rows[first : first + limit])
    return Page(shown, len(rows), cursor_after(name(shown[-1])) if shown and first + limit < len(rows) else None)


def cursor_after(name: str) -> str:
    """Return the cursor of the page that begins behind `name`, in a list that is ordered by names."""
    return urlsafe_b64encode(name.encode()).decode().rstrip("=")


def name_before(cursor: str | None) -> str | None:
    """Return the name behind which the page begins, None for the beginning of the list. Raises Malformed."""
    if cursor is None:
        return None
    try:
        return b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        raise foreign(cursor) from None


def number_before(cursor: str | None) -> int | None:
    """Return the number of the row behind which the page begins, None for the beginning of the list. Raises Malformed."""
    name = name_before(cursor)
    if cursor is None or name is None:
        return None
    if not (name.isdecimal() and len(name) <= LONGEST_NUMBER):
        raise foreign(cursor)
    return int(name)


def foreign(cursor: str) -> Malformed:
    """Return the refusal of a cursor that no list gave."""
    return Malformed(f"cursor '{cursor[:40]}' is no place in this list; without it the list begins anew")


def names_behind(after: str | None, begins: str = "") -> tuple[str, str]:
    """Return the names behind `after`, of those that begin like that, as ZRANGEBYLEX has ranges. Names are ASCII."""
    low = f"({after}" if after and after >= begins else f"[{begins}" if begins else "-"
    return low, f"({begins}\x7f" if begins else "+"
