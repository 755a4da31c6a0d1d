"""Reading the decision ledger: what became of each slot of a job, and of each run that somebody asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from runners.engine.decision import Decision, decode
from runners.engine.store.connection import Store


@dataclass(frozen=True, slots=True)
class Ledger:
    """The newest decisions on a job, newest first.

    `kept` counts the rows that there are, `dropped` the older ones that went; from `complete_since` on, the slot of the
    oldest row, nothing is missing (None when there is no row).
    """

    decisions: list[Decision]
    kept: int
    dropped: int
    complete_since: datetime | None


def read_ledger(store: Store, job_id: str, limit: int, offset: int = 0) -> Ledger:
    """Return `limit` decisions on the job behind the newest `offset`, without rows that cannot be read; one round trip."""
    key = store.keys.ledger(job_id)
    pipeline = store.redis.pipeline(transaction=True)
    pipeline.lrange(key, -offset - limit, -offset - 1)
    pipeline.lindex(key, 0)
    pipeline.llen(key)
    pipeline.hget(store.keys.ledgers_dropped, job_id)
    rows, oldest, kept, dropped = pipeline.execute()
    first = _readable(oldest or "")
    found = [decision for row in reversed(rows) if (decision := _readable(row)) is not None]
    return Ledger(found, kept, int(dropped or 0), first.slot_at if first else None)


def _readable(row: str) -> Decision | None:
    try:
        return decode(row)
    except (KeyError, ValueError):
        return None
