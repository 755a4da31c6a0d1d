"""How many jobs fall due in each minute of the coming day, from what lists keep of their schedules. Pure.

A day of minutes is one integer: bit k says that a job falls due in the k-th minute of the day that begins at `start`. So jobs that
fall due alike are one integer with a number, and 10 000 jobs are added up in a few thousand steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from runners.engine.clock import DAY_SEC, MILLISECOND, seconds
from runners.engine.schedule import Kind, Schedule, jitter_offset, next_slot
from runners.engine.schedule.cron_times import ALIASES, local_times, times_of_day

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MINUTES = 1440
WHOLE = (1 << MINUTES) - 1
When = Sequence[Any]
"""What `when` gave, as JSON keeps it: [seconds between slots], or [cron expression, zone, delay in s], or [] for neither."""


@dataclass(frozen=True, slots=True)
class Coming:
    """An enabled job with slots ahead: what is kept of its schedule, and when it is to be looked at next."""

    when: When
    next_at: datetime


class Timetable:
    """How many jobs fall due in each minute of the day that begins at `start`, a whole minute."""

    def __init__(self, start: datetime, coming: Iterable[Coming]) -> None:
        """Add up all jobs of `coming`."""
        self.start = start
        alike: dict[int, int] = {}
        for one in coming:
            minutes = minutes_of(one, start)
            alike[minutes] = alike.get(minutes, 0) + 1
        self._slices = _added_up(alike)

    def count(self, minute: int) -> int:
        """Return how many jobs fall due in the minute of that number, from 0; a day later it is the same one."""
        place = minute % MINUTES
        return sum((bits >> place & 1) << power for power, bits in enumerate(self._slices))


@dataclass(frozen=True, slots=True)
class Crowding:
    """How crowded the minutes of one job are in the coming day.

    `peak` counts the other jobs in the fullest of its minutes, `at` is when that is; None when it has no slot in that day.
    `minute` is the minute of the hour to which it had better move, where at most `best` others fall due with it; None when
    it stands as well as anywhere, or its schedule names no single minute.
    """

    peak: int
    at: datetime | None
    minute: int | None = None
    best: int = 0


def when(schedule: Schedule | None, job_id: str, jitter: timedelta) -> list[Any]:
    """Return what lists keep of a schedule, for JSON."""
    if schedule is None or schedule.at is not None:
        return []
    if schedule.interval is not None:
        return [seconds(schedule.interval)]
    return [schedule.cron, schedule.timezone, int(jitter_offset(job_id, jitter).total_seconds())]


def crowding(schedule: Schedule, own: Coming, timetable: Timetable) -> Crowding:
    """Return how crowded the minutes of a job of that schedule are; the job itself is one of those in `timetable`."""
    places = list(_places(minutes_of(own, timetable.start)))
    if not places:
        return Crowding(0, None)
    mine = set(places)

    def fullest(move: int) -> int:
        return max(timetable.count(place + move) - ((place + move) % MINUTES in mine) for place in places)

    peak, at = max((timetable.count(place) - 1, -place) for place in places)
    found = Crowding(peak, timetable.start - at * MINUTE)
    now = _single_minute(schedule.cron)
    if now is None or not peak:
        return found
    best, _, minute = min((fullest(other - now), abs(other - now), other) for other in range(60))
    return Crowding(peak, found.at, minute, best) if best < peak else found


def moved(cron: str, minute: int) -> str:
    """Return a five-field expression at another minute of the hour."""
    return f"{minute} {ALIASES.get(cron.lower(), cron).split(maxsplit=1)[1]}"


def minutes_of(one: Coming, start: datetime) -> int:
    """Return the minutes of the day from `start` on in which the job falls due."""
    if len(one.when) == 1:
        return _paced(int(one.when[0]), int((one.next_at - start).total_seconds()))
    if len(one.when) == 3:
        expression, zone, delay = one.when
        return _of_cron(str(expression), str(zone), start - int(delay) // 60 * MINUTE)
    return _bit((one.next_at - start) // MINUTE)


def _paced(interval: int, first: int) -> int:
    """Return the minutes of slots every `interval` seconds, one of them `first` seconds behind the start."""
    if interval <= 60:
        return WHOLE
    begins = first % interval if first < DAY_SEC else DAY_SEC
    return _steps(interval, begins if interval % 60 else begins // 60 * 60)


@lru_cache(maxsize=16_384)
def _steps(interval: int, first: int) -> int:
    minutes = 0
    for second in range(first, DAY_SEC, interval):
        minutes |= 1 << second // 60
    return minutes


def _of_cron(expression: str, zone: str, start: datetime) -> int:
    """Return the minutes of an expression; walked slot by slot only on a day on which clocks are moved."""
    local = _local(zone, start)
    if local is None:
        return _walked(expression, zone, start)
    today, tomorrow, first = local
    return (_of_day(expression, today) | _of_day(expression, tomorrow) << MINUTES) >> first & WHOLE


@lru_cache(maxsize=1024)
def _local(zone: str, start: datetime) -> tuple[date, date, int] | None:
    """Return the local day in which `start` lies, the next one, and the minute of the day; None when clocks are moved meanwhile."""
    place = ZoneInfo(zone)
    offset = start.astimezone(place).utcoffset()
    if offset is None or offset != (start + DAY).astimezone(place).utcoffset():
        return None
    local = (start + offset).replace(tzinfo=None)
    return local.date(), local.date() + DAY, (local - datetime.combine(local, time())) // MINUTE


@lru_cache(maxsize=16_384)
def _of_day(expression: str, day: date) -> int:
    """Return the minutes of a local day on which no clock is moved."""
    before = datetime.combine(day, time()) - MINUTE
    found = next(local_times(expression, before), None)
    if found is None or found.date() != day:
        return 0
    hours, minutes = times_of_day(expression)
    of_hour = sum(1 << minute for minute in minutes)
    return sum(of_hour << hour * 60 for hour in hours)


@lru_cache(maxsize=1024)
def _walked(expression: str, zone: str, start: datetime) -> int:
    schedule = Schedule(kind=Kind.CRON, cron=expression, timezone=zone)
    minutes, slot = 0, next_slot(schedule, start - MILLISECOND, start)
    while slot is not None and slot < start + DAY:
        minutes |= 1 << (slot - start) // MINUTE
        slot = next_slot(schedule, slot, start)
    return minutes


def _bit(place: int) -> int:
    return 1 << place if 0 <= place < MINUTES else 0


def _places(minutes: int) -> Iterable[int]:
    while minutes:
        lowest = minutes & -minutes
        yield lowest.bit_length() - 1
        minutes ^= lowest


def _added_up(alike: Mapping[int, int]) -> list[int]:
    """Return the sums of all minutes at once: the k-th integer holds bit k of each sum."""
    slices: list[int] = []
    for minutes, number in alike.items():
        for power in _places(number):
            _add(slices, minutes, power)
    return slices


def _add(slices: list[int], minutes: int, power: int) -> None:
    while minutes:
        slices.extend([0] * (power + 1 - len(slices)))
        slices[power], minutes = slices[power] ^ minutes, slices[power] & minutes
        power += 1


def _single_minute(cron: str | None) -> int | None:
    """Return the one minute of the hour that an expression names; None for any other."""
    minutes = times_of_day(cron)[1] if cron else frozenset()
    return next(iter(minutes)) if len(minutes) == 1 else None
