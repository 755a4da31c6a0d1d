"""Reading the decision ledger: what became of each slot of a job."""

from __future__ import annotations

from typing import Any

from runners.engine.decision import Decision, decode
from runners.engine.store.connection import Store


def decisions(store: Store, job_id: str, limit: int) -> list[Decision]:
    """Return the newest `limit` decisions on the job's slots, newest first; rows that cannot be read are left out."""
    rows: Any = store.redis.lrange(store.keys.ledger(job_id), -limit, -1)
    return [decision for row in reversed(rows) if (decision := _readable(row)) is not None]


def _readable(row: str) -> Decision | None:
    try:
        return decode(row)
    except (KeyError, ValueError):
        return None
