"""Reading deliveries: what notification rules have sent, what waits to be sent, and what could not be."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from runners.engine import clock
from runners.engine.run import at
from runners.engine.store.connection import Store
from runners.engine.store.event_log import Event
from runners.engine.store.hashes import read_hashes
from runners.engine.store.page import Page, foreign


class DeliveryStatus(StrEnum):
    """What has become of a delivery."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class DeliveryKind(StrEnum):
    """What a delivery tells of: an event, that its rule has told as often as it may, or nothing, to see whether it arrives."""

    EVENT = "event"
    LIMIT = "limit"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice of one rule.

    `attempt` is how many were begun; `due_at` is when the next one begins, None of what has ended. `repeats` counts what
    the notice stands for beside its event: of a limit, what was not told.
    """

    delivery_id: str
    kind: DeliveryKind
    rule_id: str
    event: Event | None
    status: DeliveryStatus
    attempt: int
    repeats: int
    created_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    took: timedelta | None
    error: str


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries to list; None lets all pass."""

    rule_id: str | None = None
    status: DeliveryStatus | None = None


def list_deliveries(
    store: Store, wanted: DeliveryFilter, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[Delivery]:
    """Return a page of deliveries, newest first; three round trips at most. Raises Malformed on a foreign cursor."""
    scope = f"rule:{wanted.rule_id}" if wanted.rule_id else "all"
    index = store.keys.deliveries(scope, wanted.status or "any")
    start = offset if cursor is None else _behind(store, index, cursor) + offset
    pipe = store.redis.pipeline(transaction=False)
    pipe.zrevrange(index, start, start + limit)
    pipe.zcard(index)
    names, total = pipe.execute()
    pipe = store.redis.pipeline(transaction=False)
    for name in names[:limit]:
        pipe.hgetall(store.keys.delivery(name))
    read = list(zip(names[:limit], read_hashes(pipe), strict=True))
    rows = tuple(one for name, fields in read if (one := _delivery(name, fields)))
    more = names[limit - 1] if len(names) > limit else None
    return Page(rows, total, more)


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many notices could not be sent of late, and of the newest when it was made, its rule and why."""

    count: int
    newest_at: datetime | None = None
    rule_id: str = ""
    error: str = ""


def unsent(store: Store, since: datetime) -> Unsent:
    """Return what became of the notices since then that could not be sent; two round trips."""
    index = store.keys.deliveries("all", DeliveryStatus.FAILED)
    pipe = store.redis.pipeline(transaction=False)
    pipe.zcount(index, clock.to_ms(since), "+inf")
    pipe.zrevrange(index, 0, 0)
    count, newest = pipe.execute()
    found = load_delivery(store, newest[0] if newest else "")
    if not count or found is None:
        return Unsent(count)
    return Unsent(count, found.created_at, found.rule_id, found.error)


def load_delivery(store: Store, delivery_id: str) -> Delivery | None:
    """Return the delivery, None when there is none, or none that can be read."""
    fields: Any = store.redis.hgetall(store.keys.delivery(delivery_id))
    return _delivery(delivery_id, fields)


def event_text(event: Event) -> str:
    """Return the event as a delivery keeps it: events may be dropped before a notice of them is sent."""
    return json.dumps({"id": event.id, "type": event.type, "ms": clock.to_ms(event.timestamp), "data": event.data})


def event_from(text: str) -> Event | None:
    """Return the event that a delivery tells of, None when it tells of none, or of one that cannot be read."""
    try:
        kept: Any = json.loads(text)
        return Event(str(kept["id"]), str(kept["type"]), clock.from_ms(int(kept["ms"])), dict(kept["data"]))
    except (ValueError, KeyError, TypeError):
        return None


def _behind(store: Store, index: str, cursor: str) -> int:
    rank: Any = store.redis.zrevrank(index, cursor)
    if rank is None:
        raise foreign(cursor)
    return int(rank) + 1


def _delivery(name: str, fields: dict[str, str]) -> Delivery | None:
    try:
        status, created_at = DeliveryStatus(fields["status"]), at(fields["created_at"])
        if created_at is None:
            return None
        return Delivery(
            delivery_id=name,
            kind=DeliveryKind(fields["kind"]),
            rule_id=fields["rule_id"],
            event=event_from(fields.get("event", "")),
            status=status,
            attempt=int(fields.get("attempt") or 0),
            repeats=int(fields.get("repeats") or 0),
            created_at=created_at,
            due_at=at(fields.get("due_at")) if status is DeliveryStatus.WAITING else None,
            ended_at=at(fields.get("ended_at")),
            took=timedelta(milliseconds=int(fields["took_ms"])) if fields.get("took_ms") else None,
            error=fields.get("error", ""),
        )
    except (KeyError, ValueError):
        return None
