"""Reading events: what happened, in order; the protocol's scripts write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from runners.engine import clock
from runners.engine.run import Run
from runners.engine.store.connection import Store
from runners.engine.store.event_log import (
    PER_MS,
    Event,
    EventFilter,
    Row,
    Stretch,
    beyond,
    count,
    passes,
    since,
    walk,
    window,
)
from runners.engine.store.page import WALKED_AT_MOST, Page

AFTERMATH = timedelta(hours=1)
"""How long after its end a run may still be spoken of, as of a late result that was refused."""
OF_ONE_RUN = 1_000


@dataclass(frozen=True, slots=True)
class Tail:
    """What came after an event id: the wanted events, and the id from which to go on."""

    events: tuple[Event, ...]
    after_id: str


def list_events(
    store: Store, wanted: EventFilter, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[Event]:
    """Return a page of events, ascending in time.

    Without `since`, `limit` and `offset` count back from the newest event; with it, on from there. `cursor` is an
    earlier page's `next_cursor`, and both count from there. Type, run and search look at every event of the log (or of
    the job) until the page is full; then `total` stops being exact after `page.WALKED_AT_MOST` of them. Raises Invalid
    on a `since` that is neither an event id nor a time, and Malformed on a cursor that is none.
    """
    stretch, forward = since(wanted.since), wanted.since is not None
    rest = beyond(stretch, cursor, forward=forward)
    if wanted == EventFilter(since=wanted.since, job_id=wanted.job_id):
        rows = window(store, wanted.job_id, rest, limit + 1, offset, forward=forward)
        total, complete = count(store, wanted.job_id, stretch), True
    else:
        rows, total, complete = _searched(store, wanted, stretch, rest, limit + 1, offset)
    found = tuple(row.event() for row in rows[:limit])
    next_cursor = found[-1].id if len(rows) > limit else None
    return Page(found if forward else found[::-1], total, next_cursor, complete=complete)


def events_of_run(store: Store, run: Run) -> list[Event]:
    """Return the first `OF_ONE_RUN` events about a run, in order, up to an hour after its end."""
    low = clock.to_ms(run.created_at) * PER_MS
    high = clock.to_ms(run.finished_at + AFTERMATH) * PER_MS if run.finished_at else "+inf"
    batches = walk(store, run.job_id, Stretch(str(low), str(high)), forward=True)
    about = (row.event() for batch in batches for row in batch if row.run_id == run.run_id)
    return list(islice(about, OF_ONE_RUN))


def tail(store: Store, after_id: str, wanted: EventFilter, limit: int = 500) -> Tail:
    """Return what came after `after_id`, ascending: at most `limit` wanted events, from the next 2 000 of the log."""
    rows = next(walk(store, wanted.job_id, since(after_id), forward=True), [])
    fitting = [row for row in rows if passes(row, wanted)]
    if len(fitting) > limit:
        fitting, rows = fitting[:limit], fitting[:limit]
    return Tail(tuple(row.event() for row in fitting), str(rows[-1].number) if rows else after_id)


def last_id(store: Store) -> str:
    """Return the id of the newest event, '0' before the first."""
    newest: Any = store.redis.get(store.keys.last_event)
    return str(newest or "0")


def _searched(
    store: Store, wanted: EventFilter, stretch: Stretch, rest: Stretch, limit: int, offset: int
) -> tuple[list[Row], int, bool]:
    """Return a page of the fitting events in `rest`, how many fit in the whole stretch, and whether all were seen."""
    fitting, ahead, walked = 0, list[Row](), 0
    for batch in walk(store, wanted.job_id, stretch, forward=wanted.since is not None):
        chosen = [row for row in batch if passes(row, wanted)]
        fitting += len(chosen)
        ahead.extend(row for row in chosen if rest.holds(row))
        walked += len(batch)
        if walked >= WALKED_AT_MOST and len(ahead) >= offset + limit:
            return ahead[offset : offset + limit], fitting, False
    return ahead[offset : offset + limit], fitting, True
