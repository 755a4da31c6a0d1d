"""When a schedule is due: pure functions over a schedule, a point in time and the interval's anchor."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from runners.engine.clock import MILLISECOND
from runners.engine.schedule.cron_slots import next_fire
from runners.engine.schedule.model import Schedule

COUNTED = 100_000


def next_slot(schedule: Schedule, after: datetime, anchor: datetime) -> datetime | None:
    """Return the first slot strictly after `after` (aware), in UTC; None when the schedule is over.

    Interval slots are `anchor + k * interval` for k = 1, 2, … in integer arithmetic, so they never drift.
    """
    if schedule.interval is not None:
        return anchor + schedule.interval * (_passed(schedule.interval, after, anchor) + 1)
    if schedule.cron is not None:
        return next_fire(schedule.cron, ZoneInfo(schedule.timezone), after)
    return schedule.at if schedule.at is not None and schedule.at > after else None


def slots_between(
    schedule: Schedule, start_exclusive: datetime, end_inclusive: datetime, anchor: datetime, limit: int
) -> list[datetime]:
    """Return the first `limit` slots after `start_exclusive`, up to and including `end_inclusive`, ascending."""
    return list(islice(_slots(schedule, start_exclusive, end_inclusive, anchor), limit))


def count_between(schedule: Schedule, start_exclusive: datetime, end_inclusive: datetime, anchor: datetime) -> int:
    """Return how many slots lie after `start_exclusive`, up to and including `end_inclusive`.

    Intervals are counted by arithmetic, however long the gap; cron is walked, and counted to 100 000 at most.
    """
    if schedule.interval is not None:
        passed = _passed(schedule.interval, end_inclusive, anchor) - _passed(schedule.interval, start_exclusive, anchor)
        return max(0, passed)
    return sum(1 for _ in islice(_slots(schedule, start_exclusive, end_inclusive, anchor), COUNTED))


def jitter_offset(job_id: str, jitter: timedelta) -> timedelta:
    """Return the job's own delay, from zero to `jitter`: always the same for the same job and jitter."""
    if not jitter:
        return jitter
    steps = jitter // MILLISECOND + 1
    digest = hashlib.sha256(job_id.encode()).digest()
    return int.from_bytes(digest[:8], "big") % steps * MILLISECOND


def _passed(interval: timedelta, at: datetime, anchor: datetime) -> int:
    """Return how many slots of the interval lie up to and including `at`."""
    return max(0, (at - anchor) // interval)


def _slots(
    schedule: Schedule, start_exclusive: datetime, end_inclusive: datetime, anchor: datetime
) -> Iterator[datetime]:
    slot = next_slot(schedule, start_exclusive, anchor)
    while slot is not None and slot <= end_inclusive:
        yield slot
        slot = next_slot(schedule, slot, anchor)
