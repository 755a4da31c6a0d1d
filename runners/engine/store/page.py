"""One page of a list, however long the list is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")

WALKED_AT_MOST = 20_000
"""Entries that one request looks at when no index answers it alone: the newest ones of the smallest index."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list.

    `total` counts the records of all pages, unreadable ones among them. `complete` is False when only the newest
    `WALKED_AT_MOST` candidates were looked at; then there may be more rows than `total`. `next_cursor` is opaque and
    None on the last page.
    `unreadable` names records that stand in the list but cannot be read; they never break the page.
    """

    rows: tuple[Row, ...]
    total: int
    next_cursor: str | None = None
    complete: bool = True
    unreadable: tuple[str, ...] = ()
