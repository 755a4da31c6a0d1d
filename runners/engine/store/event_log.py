"""The event log: one sorted set of all events and one of each job's event ids, walked from either end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine import clock
from runners.engine.errors import Invalid, Problem
from runners.engine.store.connection import Store
from runners.engine.store.page import foreign

PER_MS = 1_000
"""An event id is the milliseconds of its time, times this, plus a sequence number."""
READ_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `data` holds what its type says, with `job_id` and `run_id` where it is about one.

    `readable` is False when its record is broken, and `data` lacks what could not be read.
    """

    id: str
    type: str
    timestamp: datetime
    data: dict[str, Any]
    readable: bool = True


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to list; None lets all pass.

    `since` is an event id (the events after it) or a time (the events from then on). `event_type` is exact, or a
    prefix that ends in `.*`. `search` is literal, in type, job id, run id and data, in any case.
    """

    since: str | datetime | None = None
    event_type: str | None = None
    search: str | None = None
    job_id: str | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the log, as bounds of a score range."""

    low: str = "-inf"
    high: str = "+inf"

    def holds(self, row: Row) -> bool:
        """Say whether the event is in this part; a bound that begins with a bracket is not."""
        above = row.number > float(self.low[1:]) if self.low.startswith("(") else row.number >= float(self.low)
        below = row.number < float(self.high[1:]) if self.high.startswith("(") else row.number <= float(self.high)
        return above and below


@dataclass(frozen=True, slots=True)
class Row:
    """An event as it is stored; `payload` is the JSON of its data."""

    number: int
    type: str
    job_id: str
    run_id: str
    payload: str

    def event(self) -> Event:
        """Return the event that the row tells of; data that cannot be read is left out."""
        about = {"job_id": self.job_id, "run_id": self.run_id}
        stated = {name: value for name, value in about.items() if value}
        said = _object(self.payload)
        data, readable = stated | (said or {}), said is not None and bool(self.type)
        return Event(str(self.number), self.type, clock.from_ms(self.number // PER_MS), data, readable)


def since(start: str | datetime | None) -> Stretch:
    """Return the part of the log that begins at `start`; the whole log for None.

    Text is an event id or an RFC 3339 time. Raises Invalid when it is neither.
    """
    if start is None:
        return Stretch()
    if isinstance(start, datetime):
        return Stretch(str(clock.to_ms(start) * PER_MS))
    if start.isascii() and start.isdigit() and len(start) <= 18:
        return Stretch(f"({start}")
    try:
        return Stretch(str(clock.to_ms(datetime.fromisoformat(start)) * PER_MS))
    except (ValueError, TypeError):
        fault = f"since '{start[:40]}' is neither an event id nor a time such as 2026-01-31T12:00:00Z"
        raise Invalid([Problem(("since",), fault, "since")]) from None


def between(start: datetime, end: datetime) -> Stretch:
    """Return the part of the log from `start` to before `end`."""
    return Stretch(str(clock.to_ms(start) * PER_MS), f"({clock.to_ms(end) * PER_MS}")


def beyond(stretch: Stretch, cursor: str | None, *, forward: bool) -> Stretch:
    """Return the part of `stretch` behind the event that `cursor` names, in the direction of the walk.

    Raises Malformed when the cursor names none.
    """
    if cursor is None:
        return stretch
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise foreign(cursor)
    return Stretch(f"({cursor}", stretch.high) if forward else Stretch(stretch.low, f"({cursor}")


def walk(store: Store, job_id: str | None, stretch: Stretch, *, forward: bool) -> Iterator[list[Row]]:
    """Yield the rows of a stretch in batches, oldest first (`forward`) or newest first, of one job or of all."""
    while True:
        found = _found(store, job_id, stretch, READ_AT_ONCE, 0, forward=forward)
        if rows := _rows(store, job_id, found):
            yield rows
        if len(found) < READ_AT_ONCE:
            return
        edge = f"({found[-1].partition('|')[0]}"
        stretch = Stretch(edge, stretch.high) if forward else Stretch(stretch.low, edge)


def window(store: Store, job_id: str | None, stretch: Stretch, limit: int, offset: int, *, forward: bool) -> list[Row]:
    """Return up to `limit` rows after the first `offset`, in the direction of the walk; two round trips at most."""
    return _rows(store, job_id, _found(store, job_id, stretch, limit, offset, forward=forward))


def stretch_rows(
    store: Store, job_id: str | None, stretch: Stretch, limit: int, *, forward: bool
) -> tuple[list[Row], int | None]:
    """Return the first rows of a stretch, and the number of the last one that was looked at; None when there was none.

    A record that cannot be read is a row without a type. One round trip, two for the events of one job.
    """
    key = store.keys.events_of_job(job_id) if job_id else store.keys.events
    read: Any = store.redis.zrangebyscore if forward else store.redis.zrevrangebyscore
    bounds = (stretch.low, stretch.high) if forward else (stretch.high, stretch.low)
    scored: list[tuple[str, float]] = read(key, *bounds, start=0, num=limit, withscores=True)
    if not scored:
        return [], None
    edge = int(scored[-1][1])
    if job_id:
        return _rows(store, job_id, [str(int(score)) for _, score in scored]), edge
    return [_row(member) or Row(int(score), "", "", "", "") for member, score in scored], edge


def count(store: Store, job_id: str | None, stretch: Stretch) -> int:
    """Return how many events a stretch holds, of one job or of all."""
    key = store.keys.events_of_job(job_id) if job_id else store.keys.events
    number: Any = store.redis.zcount(key, stretch.low, stretch.high)
    return int(number)


def passes(row: Row, wanted: EventFilter) -> bool:
    """Say whether an event is one of the wanted, whatever its time."""
    return (
        wanted.job_id in (None, row.job_id)
        and wanted.run_id in (None, row.run_id)
        and (wanted.event_type is None or _is_of_type(row.type, wanted.event_type))
        and (not wanted.search or _contains(row, wanted.search.casefold()))
    )


def _is_of_type(kind: str, wanted: str) -> bool:
    return kind.startswith(wanted[:-1]) if wanted.endswith(".*") else kind == wanted


def _contains(row: Row, text: str) -> bool:
    return any(text in word.casefold() for word in (row.type, row.job_id, row.run_id, row.payload))


def _found(store: Store, job_id: str | None, stretch: Stretch, limit: int, offset: int, *, forward: bool) -> list[str]:
    """Return members of the sorted set: of one job the ids of its events, else whole events, which begin with theirs."""
    key = store.keys.events_of_job(job_id) if job_id else store.keys.events
    read: Any = store.redis.zrangebyscore if forward else store.redis.zrevrangebyscore
    bounds = (stretch.low, stretch.high) if forward else (stretch.high, stretch.low)
    return list(read(key, *bounds, start=offset, num=limit))


def _rows(store: Store, job_id: str | None, found: list[str]) -> list[Row]:
    """Return the events that were found and can be read; of a job's ids some may have been dropped meanwhile."""
    members = _members(store, found) if job_id else found
    return [row for row in map(_row, members) if row]


def _members(store: Store, ids: list[str]) -> Iterator[str]:
    pipeline = store.redis.pipeline(transaction=False)
    for number in ids:
        pipeline.zrangebyscore(store.keys.events, number, number)
    return (member for found in pipeline.execute() for member in found)


def _row(member: str) -> Row | None:
    number, *named = member.split("|", 4)
    return Row(int(number), *named) if number.isdigit() and len(named) == 4 else None


def _object(payload: str) -> dict[str, Any] | None:
    try:
        read = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None
