"""When a schedule is due: pure functions over a schedule, a point in time and the interval's anchor."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from runners.engine.clock import MILLISECOND
from runners.engine.schedule import cron
from runners.engine.schedule.model import Schedule
from runners.engine.schedule.zone import instant, wall_clock


def next_slot(schedule: Schedule, after: datetime, anchor: datetime) -> datetime | None:
    """Return the first slot strictly after `after` (aware), in UTC; None when the schedule is over.

    Interval slots are `anchor + k * interval` for k = 1, 2, … in integer arithmetic, so they never drift.
    """
    if schedule.interval is not None:
        return anchor + schedule.interval * (max(0, (after - anchor) // schedule.interval) + 1)
    if schedule.cron is not None:
        return _next_cron(schedule.cron, ZoneInfo(schedule.timezone), after)
    return schedule.at if schedule.at is not None and schedule.at > after else None


def _next_cron(expression: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    for local in cron.local_times(expression, wall_clock(after, zone)):
        at = instant(local, zone)
        if at > after:
            return at
    return None


def slots_between(
    schedule: Schedule, start_exclusive: datetime, end_inclusive: datetime, anchor: datetime, limit: int
) -> list[datetime]:
    """Return the first `limit` slots after `start_exclusive`, up to and including `end_inclusive`, ascending."""
    slots: list[datetime] = []
    slot = next_slot(schedule, start_exclusive, anchor)
    while slot is not None and slot <= end_inclusive and len(slots) < limit:
        slots.append(slot)
        slot = next_slot(schedule, slot, anchor)
    return slots


def jitter_offset(job_id: str, jitter: timedelta) -> timedelta:
    """Return the job's own delay, from zero to `jitter`: always the same for the same job and jitter."""
    steps = jitter // MILLISECOND + 1
    digest = hashlib.sha256(job_id.encode()).digest()
    return int.from_bytes(digest[:8]) % steps * MILLISECOND
