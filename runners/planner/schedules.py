"""The schedules that what was said of when can mean: each says exactly that, or asks for what is missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from runners.planner.lexicon import DAY, HOUR, MINUTE
from runners.planner.moments import Moment
from runners.planner.notes import Note, Question, ask, note
from runners.planner.timing import WEEKDAY_NAMES, Timing

Schedule = dict[str, Any]
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class When:
    """The schedules that a clause means, None for 'only when asked', or what has to be asked first. Several are several jobs."""

    schedules: tuple[Schedule | None, ...] = ()
    questions: tuple[Question, ...] = ()
    assumptions: tuple[Note, ...] = ()


def ahead(timing: Timing, zone: str, now: datetime) -> When:
    """'10 menit lagi', 'in 2 hours'."""
    return When((_once(now + timedelta(seconds=timing.after_sec or 0), zone),))


def by_cron(timing: Timing, zone: str, now: datetime) -> When:
    """An expression as the person wrote it."""
    return When((_cron(timing.cron or "", zone),))


def yearly(timing: Timing, zone: str, now: datetime) -> When:
    """'tiap tahun tanggal 1 januari jam 7'."""
    if timing.date is None or timing.date.year > 4:
        return When(questions=(ask("which_day_of_year", "tanggal 1 januari"),))
    if not timing.moments:
        return When(questions=(ask("what_time", "jam 01:00", "jam 07:00"),))
    rest = f"{timing.date.day} {timing.date.month} *"
    return When(tuple(_cron(f"{read.minute} {read.hour} {rest}", zone) for read in timing.moments))


def interval(timing: Timing, zone: str, now: datetime) -> When:
    """'tiap 5 menit', and within days and hours what cron can say of it."""
    length = timing.every_sec or 0
    if timing.daily and timing.time_insisted:
        return times(timing, zone, now)
    if timing.moments and not timing.insisted:
        return When(
            questions=(ask("interval_or_time", f"tiap {_words(length)}", f"tiap hari {_clock(timing.moments[0])}"),)
        )
    if not timing.weekdays and not timing.window:
        return When(({"interval_sec": length},))
    hours, assumptions = _hours(timing.window)
    over_midnight = "," in hours
    if not hours or (over_midnight and timing.weekdays):
        return When(questions=(ask("window"),))
    minutes = length // MINUTE
    if length % MINUTE == 0 and 0 < minutes < 60 and 60 % minutes == 0:
        step = "*" if minutes == 1 else f"*/{minutes}"
        return When((_cron(f"{step} {hours} * * {_days(timing.weekdays)}", zone),), assumptions=assumptions)
    if length % HOUR == 0 and 24 % (length // HOUR) == 0 and (length == HOUR or not over_midnight):
        step = "" if length == HOUR else f"/{length // HOUR}"
        return When((_cron(f"0 {hours}{step} * * {_days(timing.weekdays)}", zone),), assumptions=assumptions)
    return When(questions=(ask("uneven", "tiap 5 menit", "tiap 15 menit", "tiap jam", said=_words(length)),))


def _hours(window: tuple[Moment, Moment] | None) -> tuple[str, tuple[Note, ...]]:
    """Return the hours of a window for cron, two ranges when it reaches over midnight; '' when its ends are no full hours."""
    if window is None:
        return "*", ()
    first, last = window
    if first.minute or last.minute or first.hour == last.hour:
        return "", ()
    until = (note("until", end=f"{last.hour:02}:00"),)
    if first.hour < last.hour:
        return f"{first.hour}-{last.hour - 1}", until
    return ",".join(_span(*ends) for ends in ((first.hour, 23), (0, last.hour - 1)) if ends[0] <= ends[1]), until


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def monthly(timing: Timing, zone: str, now: datetime) -> When:
    months = timing.months or 1
    if not timing.days:
        return When(questions=(ask("which_day_of_month", "tiap tanggal 1", "tiap tanggal 15"),))
    if not timing.moments:
        return When(questions=(ask("what_time", "jam 01:00", "jam 07:00"),))
    if 12 % months:
        return When(questions=(ask("months", "tiap bulan", "tiap 3 bulan", said=months),))
    rest = f"{','.join(map(str, timing.days))} {'*' if months == 1 else f'*/{months}'} *"
    assumed: tuple[Note, ...] = () if months == 1 else (note("from_january", months=months),)
    assumed += tuple(note("short_months", day=day) for day in timing.days if day > 28)
    return When(tuple(_cron(f"{read.minute} {read.hour} {rest}", zone) for read in timing.moments), assumptions=assumed)


def times(timing: Timing, zone: str, now: datetime) -> When:
    """One expression where all times share their minute, one each else. Times without a day are every day's."""
    days = _days(timing.weekdays)
    minutes: dict[int, list[int]] = {}
    for read in timing.moments:
        minutes.setdefault(read.minute, []).append(read.hour)
    expressions = [
        f"{minute} {','.join(map(str, dict.fromkeys(hours)))} * * {days}" for minute, hours in minutes.items()
    ]
    assumed: tuple[Note, ...] = ()
    if not (timing.daily or timing.weekly or timing.each_weekday):
        assumed = (note("every_week" if timing.weekdays else "every_day"),)
    return When(tuple(_cron(text, zone) for text in expressions), assumptions=assumed)


def dated(timing: Timing, zone: str, now: datetime) -> When:
    """'besok jam 9', 'on december 5 at 10am': a weekday that is said beside has to be that day's."""
    today = now.astimezone(ZoneInfo(zone)).date()
    days = _days_ahead(timing, today)
    if timing.next_weekday is not None and not timing.date and (within := _this_week(days, today)):
        choices = (str(within), str(within + WEEK))
        return When(questions=(ask("which_date", *choices, said=f"{WEEKDAY_NAMES[timing.next_weekday]} depan"),))
    if len(days) > 1 or (timing.weekdays and any(day.isoweekday() % 7 not in timing.weekdays for day in days)):
        return When(questions=(ask("one_schedule"),))
    if not timing.moments:
        return When(questions=(ask("what_time", "jam 09:00", "jam 13:00", "jam 20:00"),))
    found = [_local(day, read, zone) for day in days for read in timing.moments]
    if any(at <= now for at in found):
        return When(questions=(ask("past", at=min(found).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")),))
    return When(tuple(_once(at, zone) for at in found))


def _days_ahead(timing: Timing, today: date) -> set[date]:
    """Return the day that is said by its date, its weekday or its distance; two where these are different ones."""
    found = set()
    if timing.date:
        found.add(_next(timing.date, today))
    if timing.this_weekday is not None:
        found.add(today + timedelta(days=(timing.this_weekday - today.isoweekday()) % 7))
    if timing.next_weekday is not None and not (timing.date and _is(timing.next_weekday, timing.date)):
        found.add(today + timedelta(days=(timing.next_weekday - today.isoweekday()) % 7 or 7))
    if timing.ahead is not None:
        found.add(today + timedelta(days=timing.ahead))
    return found


def _is(weekday: int, day: date) -> bool:
    return day.isoweekday() % 7 == weekday


def _this_week(days: set[date], today: date) -> date | None:
    """Return the day that is in the week of today: 'next sunday' is that one to some, and the one behind it to others."""
    return next((day for day in days if today < day and day.isocalendar()[:2] == today.isocalendar()[:2]), None)


def _next(said: date, today: date) -> date:
    """Return the date that is said; of one without a year the next that comes."""
    if said.year > 4:
        return said
    this_year = _in_year(said, today.year)
    return this_year if this_year >= today else _in_year(said, today.year + 1)


def _in_year(said: date, year: int) -> date:
    while True:
        try:
            return said.replace(year=year)
        except ValueError:  # 29 February: the next year that has one
            year += 1


def _local(day: date, read: Moment, zone: str) -> datetime:
    return datetime.combine(day, time(read.hour, read.minute), ZoneInfo(zone)).astimezone(UTC)


def _once(at: datetime, zone: str) -> Schedule:
    return {"at": at.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="seconds"), "timezone": zone}


def _cron(expression: str, zone: str) -> Schedule:
    return {"cron": expression, "timezone": zone}


def _days(weekdays: tuple[int, ...]) -> str:
    """Return the days for cron: ranges where they follow each other."""
    if not weekdays or len(weekdays) == 7:
        return "*"
    if weekdays == tuple(range(weekdays[0], weekdays[0] + len(weekdays))) and len(weekdays) > 2:
        return f"{weekdays[0]}-{weekdays[-1]}"
    return ",".join(map(str, weekdays))


def _clock(read: Moment) -> str:
    return f"jam {read.hour:02}:{read.minute:02}"


def _words(length: int) -> str:
    for size, unit in ((DAY, "hari"), (HOUR, "jam"), (MINUTE, "menit")):
        if length % size == 0 and length:
            return f"{length // size} {unit}"
    return f"{length} detik"
