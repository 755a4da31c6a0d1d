"""Leafing through the event log from any event, to the older or the newer side, at a bounded cost whatever is looked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from runners.engine import clock
from runners.engine.store.connection import Store
from runners.engine.store.event_log import PER_MS, READ_AT_ONCE, Event, EventFilter, Row, Stretch, passes, stretch_rows

LOOKED_AT_MOST = 5 * READ_AT_ONCE
"""Events that one page looks at for those that are wanted; then it says how far it came, and the next page goes on there."""


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, newest first.

    `older` is the id before which the next page begins, `newer` the one behind which it does; None where nothing lies
    beyond. `reached` is how far back a search came that looked at all it may, None when it ended by itself.
    """

    rows: tuple[Event, ...]
    older: str | None
    newer: str | None
    reached: datetime | None = None


def leaf(
    store: Store, wanted: EventFilter, limit: int, before: int | None = None, after: int | None = None
) -> EventPage:
    """Return up to `limit` wanted events older than `before`, or newer than `after`, or the newest.

    Six round trips at most, twelve for one job. An event that cannot be read has its place, without a type, where
    nothing is filtered.
    """
    forward = after is not None
    stretch = Stretch(f"({after}") if forward else Stretch(high="+inf" if before is None else f"({before}")
    wanted = replace(wanted, since=None)
    at_once = limit + 1 if wanted == EventFilter(job_id=wanted.job_id) else READ_AT_ONCE
    found, edge, ended = _found(store, wanted, stretch, limit, at_once, forward=forward)
    rows, full = found[:limit], len(found) > limit
    further = rows[-1].number if full else None if ended else edge
    back = None if before is None and after is None else _back(rows, before, after)
    shown = rows[::-1] if forward else rows
    return EventPage(
        rows=tuple(row.event() for row in shown),
        older=_named(back if forward else further),
        newer=_named(further if forward else back),
        reached=None if full or ended else clock.from_ms(edge // PER_MS),
    )


def _back(rows: list[Row], before: int | None, after: int | None) -> int:
    """Return the id from which a page leads back to where it came from."""
    if rows:
        return rows[0].number
    return (before or 0) - 1 if after is None else after + 1


def _found(
    store: Store, wanted: EventFilter, stretch: Stretch, limit: int, at_once: int, *, forward: bool
) -> tuple[list[Row], int, bool]:
    """Return up to `limit` + 1 wanted rows, the number of the last one that was looked at, and whether the log ended."""
    found: list[Row] = []
    looked, edge = 0, 0
    while looked < LOOKED_AT_MOST and len(found) <= limit:
        rows, edge_now = stretch_rows(store, wanted.job_id, stretch, at_once, forward=forward)
        if edge_now is None:
            return found, edge, True
        looked, edge = looked + at_once, edge_now
        found += [row for row in rows if passes(row, wanted)]
        stretch = Stretch(f"({edge}", stretch.high) if forward else Stretch(stretch.low, f"({edge}")
    return found[: limit + 1], edge, False


def _named(number: int | None) -> str | None:
    return None if number is None else str(number)
