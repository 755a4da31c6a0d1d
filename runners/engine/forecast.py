"""When a schedule will fire next, for people: in UTC and in local time, with a note where clocks are moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from runners.engine.schedule import Schedule, next_slot
from runners.engine.schedule.cron_times import keeps_pace, local_times
from runners.engine.schedule.zone import instant, instants, wall_clock

LONGEST_JUMP = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class FireTime:
    """One coming slot: in UTC, in the schedule's zone, and '' or a sentence about a clock change."""

    at_utc: datetime
    local: datetime
    note: str


def forecast(schedule: Schedule, now: datetime, count: int, anchor: datetime | None = None) -> list[FireTime]:
    """Return the next `count` slots after `now`, fewer when the schedule ends; `anchor` (default `now`) is the interval's.

    The times are nominal: a job's jitter and its guards come on top.
    """
    zone = ZoneInfo(schedule.timezone)
    times: list[FireTime] = []
    slot = next_slot(schedule, now, anchor or now)
    while slot is not None and len(times) < count:
        times.append(FireTime(slot, slot.astimezone(zone), _note(schedule, slot, zone)))
        slot = next_slot(schedule, slot, anchor or now)
    return times


def _note(schedule: Schedule, slot: datetime, zone: ZoneInfo) -> str:
    if schedule.cron is None:
        return ""
    wall, paced = wall_clock(slot, zone), keeps_pace(schedule.cron)
    skipped = None if paced else _skipped(schedule.cron, slot, wall, zone)
    if skipped is not None:
        return f"the clocks skip {skipped:%H:%M} that day; it runs when they jump, at {wall:%H:%M}"
    if len(instants(wall, zone)) > 1:
        return f"the clocks show {wall:%H:%M} twice that day; it runs {'both times' if paced else 'the first time'}"
    return ""


def _skipped(expression: str, slot: datetime, wall: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first local time of the expression that no clock shows and that therefore means `slot`."""
    if slot.astimezone(zone).utcoffset() == (slot - LONGEST_JUMP).astimezone(zone).utcoffset():
        return None
    earlier = takewhile(lambda local: local < wall, local_times(expression, wall - LONGEST_JUMP))
    return next((local for local in earlier if not instants(local, zone) and instant(local, zone) == slot), None)
