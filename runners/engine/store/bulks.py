"""Reading bulk operations: one, the newest, those with something left, and what became of each run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from runners.engine import clock
from runners.engine.bulk import EVERY, HELD_EVERY, Action, Bulk, Item, ItemOutcome, State
from runners.engine.run import at
from runners.engine.store.connection import Store
from runners.engine.store.page import Page, cursor_after, name_before


def load_bulk(store: Store, bulk_id: str) -> Bulk | None:
    """Return the operation, or None when there is none, or none that can be read."""
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.hgetall(store.keys.bulk(bulk_id))
    pipeline.llen(store.keys.bulk_todo(bulk_id))
    fields, left = pipeline.execute()
    try:
        return _read(bulk_id, fields, left) if fields else None
    except (KeyError, ValueError):
        return None


def list_bulks(store: Store, limit: int) -> list[Bulk]:
    """Return the newest operations; at most three days of them are kept."""
    found: Any = store.redis.zrevrange(store.keys.bulks, 0, limit - 1)
    return [bulk for bulk_id in found if (bulk := load_bulk(store, bulk_id))]


def list_items(store: Store, bulk_id: str, limit: int, offset: int, cursor: str | None = None) -> Page[Item]:
    """Return a page of what became of the runs, in the order in which it happened; one that was taken back comes twice."""
    key, first = store.keys.bulk_done(bulk_id), offset + _place(name_before(cursor))
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.lrange(key, first, first + limit - 1)
    pipeline.llen(key)
    rows, total = pipeline.execute()
    more = first + len(rows) < total and rows
    return Page(tuple(map(_item, rows)), total, cursor_after(str(first + len(rows))) if more else None)


def next_open(store: Store) -> str | None:
    """Return the operation that has something left for the longest time."""
    found: Any = store.redis.zrange(store.keys.bulks_open, 0, 0)
    return str(found[0]) if found else None


def take_turn(store: Store) -> bool:
    """Say whether this process may do the next bit now; for as long as a bit takes, no other may."""
    return bool(store.redis.set(store.keys.bulks_turn, "taken", nx=True, px=_ms(EVERY)))


def rest(store: Store) -> None:
    """Let nobody do the next bit for a while: guards hold all that is left."""
    store.redis.set(store.keys.bulks_turn, "resting", px=_ms(HELD_EVERY))


def made(store: Store, once: str) -> str | None:
    """Return the run that was made for the request of this name (`keys.once`), None for none within the last day."""
    found: Any = store.redis.get(store.keys.once(once))
    return str(found) if found else None


def close(store: Store, bulk_id: str) -> None:
    """Leave an operation alone whose record is gone, or cannot be read."""
    store.redis.zrem(store.keys.bulks_open, bulk_id)


def is_alone(store: Store) -> bool:
    """Say whether no other operation has something left."""
    return int(store.redis.zcard(store.keys.bulks_open)) < 2


def todo(store: Store, bulk_id: str, count: int) -> list[str]:
    """Return the runs, or the jobs, that come next."""
    found: Any = store.redis.lrange(store.keys.bulk_todo(bulk_id), 0, count - 1)
    return list(found)


def _read(bulk_id: str, fields: Mapping[str, str], left: int) -> Bulk:
    return Bulk(
        bulk_id=bulk_id,
        action=Action(fields["action"]),
        filter=json.loads(fields["filter"]),
        state=State(fields["state"]),
        total=int(fields["total"]),
        left=left,
        counts={outcome: int(fields.get(outcome, "0")) for outcome in ItemOutcome},
        held_by=fields.get("held_by", ""),
        actor=fields["actor"],
        trace_id=fields["trace_id"],
        created_at=clock.from_ms(int(fields["created_at"])),
        finished_at=at(fields.get("finished_at")),
        undone_by=fields.get("undone_by"),
        tag=fields.get("tag", ""),
        cancels=fields.get("cancels") == "1",
    )


def _item(row: str) -> Item:
    subject, outcome, detail = row.split("|", 2)
    return Item(subject, ItemOutcome(outcome), detail)


def _place(cursor: str | None) -> int:
    return int(cursor) if cursor and cursor.isdecimal() and len(cursor) < 10 else 0


def _ms(length: Any) -> int:
    return int(length.total_seconds() * 1000)
