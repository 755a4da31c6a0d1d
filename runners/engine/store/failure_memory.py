"""Failure memory: how many runs of a job failed in a row, and until when it cools down."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runners.engine import clock
from runners.engine.run import at
from runners.engine.store.connection import Store


@dataclass(frozen=True, slots=True)
class FailureMemory:
    """What the platform remembers of a job's failures. `cooldown_until` may have passed; None when there was none."""

    consecutive_failures: int = 0
    cooldown_until: datetime | None = None
    last_error: str | None = None
    last_failure_at: datetime | None = None
    last_success_at: datetime | None = None

    def cooldown_remaining(self, now: datetime) -> timedelta:
        """Return how long the job still cools down, never negative."""
        return max(self.cooldown_until - now, timedelta()) if self.cooldown_until else timedelta()


def load_memories(store: Store, job_ids: Iterable[str]) -> dict[str, FailureMemory]:
    """Return the memory of every job asked for, without those that cannot be read; one round trip."""
    wanted = list(job_ids)
    pipeline = store.redis.pipeline(transaction=False)
    for job_id in wanted:
        pipeline.hgetall(store.keys.memory(job_id))
    found = zip(wanted, map(_readable, pipeline.execute()), strict=True)
    return {job_id: memory for job_id, memory in found if memory is not None}


def failing(store: Store, limit: int) -> dict[str, int]:
    """Return the jobs with the most failed runs in a row, at most `limit`, worst first."""
    found: Any = store.redis.zrevrange(store.keys.failing, 0, limit - 1, withscores=True)
    return {job_id: int(failures) for job_id, failures in found}


def to_fields(memory: FailureMemory) -> dict[str, str | int]:
    """Return the hash fields that hold this memory, for `restoring.restore`."""
    return {
        "failures": memory.consecutive_failures,
        "cooldown_until": _ms(memory.cooldown_until),
        "last_error": json.dumps(memory.last_error) if memory.last_error is not None else "",
        "last_failure_at": _ms(memory.last_failure_at),
        "last_success_at": _ms(memory.last_success_at),
    }


def _readable(fields: Mapping[str, str]) -> FailureMemory | None:
    try:
        return _memory(fields)
    except ValueError:
        return None


def _memory(fields: Mapping[str, str]) -> FailureMemory:
    return FailureMemory(
        consecutive_failures=int(fields.get("failures") or 0),
        cooldown_until=at(fields.get("cooldown_until")),
        last_error=_text(fields.get("last_error")),
        last_failure_at=at(fields.get("last_failure_at")),
        last_success_at=at(fields.get("last_success_at")),
    )


def _text(stored: str | None) -> str | None:
    """Return an error as people read it; the scripts keep it as JSON text."""
    try:
        return str(json.loads(stored)) if stored else None
    except ValueError:
        return stored


def _ms(moment: datetime | None) -> str | int:
    return clock.to_ms(moment) if moment else ""
