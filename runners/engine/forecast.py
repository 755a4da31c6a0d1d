"""When a schedule will fire next, for people: in UTC and in local time, with what there is to know of each slot. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from runners.engine.guards import Hold
from runners.engine.schedule import Schedule, next_slot
from runners.engine.schedule.cron_times import keeps_pace, local_times
from runners.engine.schedule.zone import instant, instants, wall_clock
from runners.engine.words import Language, say

LONGEST_JUMP = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know of a coming slot: `forecast.<kind>` in the catalogue, and the values of that reason."""

    kind: str
    values: Mapping[str, object] = field(default_factory=dict)

    def said(self, language: Language) -> str:
        """Return the note in words."""
        return say(f"forecast.{self.kind}", language, **self.values)


@dataclass(frozen=True, slots=True)
class FireTime:
    """One coming slot: in UTC, in the schedule's zone, and what there is to know of it.

    `crowd` counts the other jobs that are to be looked at in the same second, as far as it is known now. `hold` is what
    would hold the slot if it were due at this moment, of the next slot only.
    """

    at_utc: datetime
    local: datetime
    notes: tuple[Note, ...] = ()
    crowd: int = 0
    hold: Hold | None = None

    def noted(self, kind: str, **values: object) -> FireTime:
        """Return the same slot with one more note."""
        return replace(self, notes=(*self.notes, Note(kind, values)))


def forecast(schedule: Schedule, now: datetime, count: int, anchor: datetime | None = None) -> list[FireTime]:
    """Return the next `count` slots after `now`, fewer when the schedule ends; `anchor` (default `now`) is the interval's.

    The times are nominal: a job's jitter and its guards come on top.
    """
    zone = ZoneInfo(schedule.timezone)
    times: list[FireTime] = []
    slot = next_slot(schedule, now, anchor or now)
    while slot is not None and len(times) < count:
        times.append(FireTime(slot, slot.astimezone(zone), tuple(_clock_notes(schedule, slot, zone))))
        slot = next_slot(schedule, slot, anchor or now)
    return times


def with_overlaps(times: Sequence[FireTime], usual: timedelta, busy_until: datetime | None) -> list[FireTime]:
    """Note the slots that fall due while the run before them is likely still active.

    95 % of the runs take up to `usual`; what is active now is likely so until `busy_until`. A slot that must wait goes
    out when that run ends, unless the next slot falls due before.
    """
    told: list[FireTime] = []
    for place, fire in enumerate(times):
        waits = busy_until is not None and fire.at_utc < busy_until
        told.append(fire.noted("overlap", seconds=f"{usual.total_seconds():g}") if waits else fire)
        goes_at = busy_until if waits and busy_until else fire.at_utc
        if place + 1 == len(times) or goes_at < times[place + 1].at_utc:
            busy_until = goes_at + usual
    return told


def with_crowds(times: Sequence[FireTime], crowds: Sequence[int], cap: int) -> list[FireTime]:
    """Say how many others are due with each slot, and note those of which one tick cannot dispatch all."""
    told = [replace(fire, crowd=crowd) for fire, crowd in zip(times, crowds, strict=True)]
    return [fire.noted("crowded", count=fire.crowd, cap=cap) if fire.crowd >= cap else fire for fire in told]


def _clock_notes(schedule: Schedule, slot: datetime, zone: ZoneInfo) -> Iterator[Note]:
    if schedule.cron is None:
        return
    wall, paced = wall_clock(slot, zone), keeps_pace(schedule.cron)
    skipped = None if paced else _skipped(schedule.cron, slot, wall, zone)
    if skipped is not None:
        yield Note("skipped", {"skipped": f"{skipped:%H:%M}", "wall": f"{wall:%H:%M}"})
    elif len(instants(wall, zone)) > 1:
        yield Note("repeated_both" if paced else "repeated_first", {"wall": f"{wall:%H:%M}"})


def _skipped(expression: str, slot: datetime, wall: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first local time of the expression that no clock shows and that therefore means `slot`."""
    if slot.astimezone(zone).utcoffset() == (slot - LONGEST_JUMP).astimezone(zone).utcoffset():
        return None
    earlier = takewhile(lambda local: local < wall, local_times(expression, wall - LONGEST_JUMP))
    return next((local for local in earlier if not instants(local, zone) and instant(local, zone) == slot), None)
