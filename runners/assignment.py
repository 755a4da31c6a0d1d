"""What a worker knows of a run that it has claimed: of the record only what its handler is told, and what its end needs.

A whole `Run` has thrice as many fields, and building one costs more than a short run.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from runners.engine import clock
from runners.engine.ask import Granted, read_granted
from runners.engine.protocol.work import Claimed
from runners.engine.run import at, ended_attempts, json_object, milliseconds


@dataclass(frozen=True, slots=True)
class RetryRule:
    """How often, and after which waits, a run is tried again."""

    max_retry: int
    backoff_sec: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A claimed run. `slot_at` is None for a run that somebody asked for; `started_at` is when it was claimed."""

    run_id: str
    job_id: str
    job_type: str
    attempt: int
    redelivered: bool
    slot_at: datetime | None
    scheduled_at: datetime
    started_at: datetime
    worker_id: str
    priority: str
    timeout_ms: int
    inputs: dict[str, Any]
    retry_rule: RetryRule
    job_version: int
    granted: tuple[Granted, ...]


def read(claimed: Claimed) -> Assignment:
    """Read a claimed run's record.

    Raises KeyError or ValueError when it is broken, also in what no handler is told: its page could not show it.
    """
    fields = claimed.fields
    if fields["scheduled_at"] != fields["created_at"]:
        _time(fields, "created_at")
    ended_attempts(fields.get("attempts"))
    return Assignment(
        claimed.run_id,
        fields["job_id"],
        fields["job_type"],
        int(fields["attempt"]),
        fields.get("redelivered") == "1",
        at(fields.get("slot_at")),
        _time(fields, "scheduled_at"),
        _time(fields, "started_at"),
        fields["worker_id"],
        fields["priority"],
        milliseconds(fields["timeout_ms"]),
        json_object(fields.get("inputs")) or {},
        _retry_rule(fields["max_retry"], fields.get("backoff_sec")),
        int(fields["job_version"]),
        _granted(fields["granted"]) if fields.get("granted") else (),
    )


def _granted(kept: str) -> tuple[Granted, ...]:
    try:
        return read_granted(kept)
    except (TypeError, AssertionError, RecursionError) as fault:
        raise ValueError(f"granted {kept!r:.80}: {fault}") from None


def _time(fields: Mapping[str, str], name: str) -> datetime:
    return clock.from_ms(int(fields[name]))


@lru_cache(maxsize=256)
def _retry_rule(max_retry: str, stored: str | None) -> RetryRule:
    try:
        waits = tuple(int(each) for each in json.loads(stored or "[]"))
        timedelta(seconds=max(waits, default=0))
    except (TypeError, OverflowError, RecursionError) as fault:
        raise ValueError(f"backoff_sec {stored!r:.80}: {fault}") from None
    return RetryRule(int(max_retry), waits)
