"""Reading the audit: a page of its entries, or all of them in their order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine import clock
from runners.engine.audit import PER_MS, Row
from runners.engine.audit_check import entry_of
from runners.engine.store.connection import Store
from runners.engine.store.event_log import Stretch
from runners.engine.store.page import WALKED_AT_MOST, Page, foreign

READ_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to list; None lets all pass. Words are exact. `since` is in it, `until` is not."""

    actor: str | None = None
    object: str | None = None
    surface: str | None = None
    operation: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def stretch(self) -> Stretch:
        """The part of the chain that lies between the two times."""
        low = str(clock.to_ms(self.since) * PER_MS) if self.since else "-inf"
        return Stretch(low, f"({clock.to_ms(self.until) * PER_MS}" if self.until else "+inf")


WORDS = ("actor", "object", "surface", "operation", "outcome")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An entry as people read it. `said` is what was put down; its seal is checked by `multijob audit verify` only."""

    row: Row
    said: dict[str, Any]

    @property
    def at(self) -> datetime:
        """When it was written, by the store's clock."""
        return clock.from_ms(self.row.id // PER_MS)


def list_entries(
    store: Store, wanted: AuditFilter, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[AuditEntry]:
    """Return a page of entries, newest first.

    An actor, an object and the two times are found by indexes; for the other words entries are looked at until the page is
    full, and `total` stops being exact after `page.WALKED_AT_MOST` of them. Raises Malformed on a cursor that is none.
    """
    key, (rest, ahead) = _index(store, wanted), _behind(wanted.stretch, cursor)
    left = [name for name in WORDS if getattr(wanted, name) is not None and name != _indexed(wanted)]
    if left:
        fitting, complete = _searched(store, key, wanted, left, rest)
        found, total = fitting[offset:], ahead + len(fitting)
    else:
        found = _rows(store, key, rest, offset, limit + 1)
        counted: Any = store.redis.zcount(key, wanted.stretch.low, wanted.stretch.high)
        total, complete = int(counted), True
    more = f"{found[limit - 1].row.id}-{ahead + offset + limit}" if len(found) > limit else None
    return Page(tuple(found[:limit]), total, more, complete=complete)


def head(store: Store) -> str:
    """Return the head as it is stored; '' before the first entry."""
    found: Any = store.redis.get(store.keys.audit_head)
    return str(found or "")


def walk(store: Store, newest: int | None = None) -> Iterator[tuple[str, float]]:
    """Yield every row with its place, or the `newest` of them, in the order in which they are stored."""
    first: Any = store.redis.zrange(store.keys.audit, -newest, -newest, withscores=True) if newest else []
    low, skip = repr(first[0][1]) if first else "-inf", 0
    while True:
        found: Any = store.redis.zrangebyscore(
            store.keys.audit, low, "+inf", start=skip, num=READ_AT_ONCE, withscores=True
        )
        yield from found
        if len(found) < READ_AT_ONCE:
            return
        place = found[-1][1]
        same = sum(1 for _, score in found if score == place)
        low, skip = repr(place), same + (skip if low == repr(place) else 0)


def unlisted(store: Store, rows: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the number of each entry that the index of its actor or object leaves out, and which: lists do not show it.

    One that was dropped meanwhile is in none. The chain is asked last: both are dropped in one step.
    """
    entries = [entry for entry in map(read_entry, rows) if entry]
    pipeline = store.redis.pipeline(transaction=False)
    for entry in entries:
        for index in ("actor", "object"):
            pipeline.zscore(store.keys.audit_of(index, str(entry.said.get(index))), str(entry.row.id))
    listed = iter(pipeline.execute(raise_on_error=False))  # an index of another type lists nothing
    missing = [
        (entry, index) for entry in entries for index in ("actor", "object") if not isinstance(next(listed), float)
    ]
    for entry, index in missing:
        if store.redis.zcount(store.keys.audit, entry.row.id, entry.row.id):
            yield entry.row.number, index


def _indexed(wanted: AuditFilter) -> str | None:
    return next((name for name in ("object", "actor") if getattr(wanted, name) is not None), None)


def _index(store: Store, wanted: AuditFilter) -> str:
    name = _indexed(wanted)
    return store.keys.audit_of(name, getattr(wanted, name)) if name else store.keys.audit


def _behind(stretch: Stretch, cursor: str | None) -> tuple[Stretch, int]:
    """Return what lies behind a cursor, which is 'id of the last entry-number of entries up to it', and that number."""
    if cursor is None:
        return stretch, 0
    if not re.fullmatch(r"[0-9]{1,18}-[0-9]{1,9}", cursor, re.ASCII):
        raise foreign(cursor)
    id, _, ahead = cursor.partition("-")
    return Stretch(stretch.low, f"({id}"), int(ahead)


def _rows(store: Store, key: str, part: Stretch, offset: int, limit: int) -> list[AuditEntry]:
    found: Any = store.redis.zrevrangebyscore(key, part.high, part.low, start=offset, num=limit)
    if key != store.keys.audit and found:
        pipeline = store.redis.pipeline(transaction=False)
        for id in found:
            pipeline.zrangebyscore(store.keys.audit, id, id)
        found = [row for rows in pipeline.execute() for row in rows]
    return [entry for entry in map(read_entry, found) if entry]


def _searched(
    store: Store, key: str, wanted: AuditFilter, names: list[str], part: Stretch
) -> tuple[list[AuditEntry], bool]:
    """Return the fitting entries of a part, and whether all of it was looked at."""
    fitting: list[AuditEntry] = []
    for walked in range(0, WALKED_AT_MOST, READ_AT_ONCE):
        found = _rows(store, key, part, walked, READ_AT_ONCE)
        fitting += [one for one in found if all(one.said.get(name) == getattr(wanted, name) for name in names)]
        if len(found) < READ_AT_ONCE:
            return fitting, True
    return fitting, False


def read_entry(text: str) -> AuditEntry | None:
    """Return the entry that is stored as `text`; None for a row that is none."""
    try:
        row = Row.read(text)
    except ValueError:
        return None
    return AuditEntry(row, entry_of(row))


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Refusals of somebody unknown that are alike; `about` says what was refused, and why."""

    count: int
    first_at: datetime
    last_at: datetime
    about: dict[str, Any]


def list_turned_away(store: Store, limit: int, offset: int = 0) -> Page[TurnedAway]:
    """Return a page of them, the latest first; two round trips."""
    keys, pipeline = store.keys, store.redis.pipeline(transaction=False)
    pipeline.zrevrange(keys.turned_away_last, offset, offset + limit - 1)
    pipeline.zcard(keys.turned_away_last)
    kinds, total = pipeline.execute()
    found: Any = store.redis.hmget(keys.turned_away, kinds) if kinds else []
    return Page(tuple(row for row in map(_turned_away, found) if row), int(total))


def _turned_away(text: str | None) -> TurnedAway | None:
    try:
        count, first, last, about = str(text).split("|", 3)
        return TurnedAway(int(count), clock.from_ms(int(first)), clock.from_ms(int(last)), dict(json.loads(about)))
    except (ValueError, TypeError):
        return None
