"""From what was said of when to a schedule: one that says exactly that, or a question. Pure; the present moment is an argument."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from runners.engine.errors import Invalid
from runners.engine.schedule import parse
from runners.planner.lexicon import DAY, HOUR, MINUTE
from runners.planner.moments import Moment
from runners.planner.notes import Note, Question, ask, note
from runners.planner.timing import WEEKDAY_NAMES, Timing

Schedule = dict[str, Any]
BUSINESS_HOURS = ("dari jam 8 sampai jam 17 hari kerja", "dari jam 9 sampai jam 17 hari kerja")


@dataclass(frozen=True, slots=True)
class When:
    """The schedules that a clause means, None for 'only when asked', or what has to be asked first. Several are several jobs."""

    schedules: tuple[Schedule | None, ...] = ()
    questions: tuple[Question, ...] = ()
    assumptions: tuple[Note, ...] = ()


def understood(timing: Timing, zone: str, now: datetime) -> When:
    """Return what `timing` means in a time zone."""
    zones = {read.zone for read in timing.moments if read.zone}
    zone = zones.pop() if len(zones) == 1 else zone
    asked = [one for one in timing.questions if one.note.name not in _answered(timing)]
    unclear = [*asked, *(read.question for read in timing.moments if read.question)]
    unclear += [read.question for read in timing.window or () if read.question]
    if zones:
        unclear.append(ask("one_zone"))
    found = When(questions=tuple(unclear)) if unclear else _meant(timing, zone, now)
    return _checked(found)


def _answered(timing: Timing) -> frozenset[str]:
    """Return the questions that the rest of the clause answers: a choice stands behind what it answers."""
    names = {"ask_end_of_month", "ask_once_or_monthly"} if timing.days else set()
    names |= {"ask_which_date"} if timing.date else set()
    names |= {"ask_eve"} if timing.weekdays else set()
    names |= {"ask_how_often"} if timing.every_sec or timing.moments else set()
    return frozenset(names)


def _meant(timing: Timing, zone: str, now: datetime) -> When:
    if timing.start and timing.recurs:
        return When(questions=(ask("starts", "mulai sekarang"),))
    if timing.start:
        timing = replace(timing, start=None, ahead=timing.start.ahead, date=timing.start.date, part=timing.start.part)
    if timing.cron:
        return When(({"cron": timing.cron, "timezone": zone},))
    if timing.yearly:
        return _yearly(timing, zone)
    once = timing.after_sec is not None or timing.date or timing.ahead is not None or timing.next_weekday is not None
    if once and (timing.every_sec or timing.daily or timing.weekly or timing.months or timing.days):
        return When(questions=(ask("once_or_every"),))
    if timing.after_sec is not None and timing.moments:
        days, rest = divmod(timing.after_sec, DAY)
        if rest:
            return When(questions=(ask("once_or_every"),))
        timing = replace(timing, after_sec=None, ahead=days)
    if timing.after_sec is not None:
        return When((_once(now + timedelta(seconds=timing.after_sec), zone),))
    if timing.date or timing.ahead is not None or timing.next_weekday is not None:
        return _dated(timing, zone, now)
    if timing.months or timing.days:
        return _monthly(timing, zone)
    if timing.weekly and not timing.weekdays:
        return When(questions=(ask("which_day", *(f"tiap hari {name}" for name in WEEKDAY_NAMES)),))
    if timing.business and not timing.window:
        return When(questions=(ask("business_hours", *BUSINESS_HOURS),))
    if timing.every_sec is not None and not (timing.daily and timing.every_sec == DAY):
        return _interval(timing, zone)
    if timing.moments:
        return _times(timing.moments, _days(timing.weekdays), zone, timing)
    if timing.daily or timing.weekdays:
        return When(questions=(ask("what_time", "jam 07:00", "jam 12:00", "jam 19:00"),))
    if timing.now:
        return When((None,))
    if timing.window:
        return When(questions=(ask("how_often_within", "tiap 15 menit", "tiap jam"),))
    return When()


def _yearly(timing: Timing, zone: str) -> When:
    """'tiap tahun tanggal 1 januari jam 7'."""
    if timing.date is None or timing.date.year > 4:
        return When(questions=(ask("which_day_of_year", "tanggal 1 januari"),))
    if not timing.moments:
        return When(questions=(ask("what_time", "jam 01:00", "jam 07:00"),))
    rest = f"{timing.date.day} {timing.date.month} *"
    return When(tuple(_cron(f"{read.minute} {read.hour} {rest}", zone) for read in timing.moments))


def _interval(timing: Timing, zone: str) -> When:
    """'tiap 5 menit', and within days and hours what cron can say of it."""
    length = timing.every_sec or 0
    twice = len({(read.hour, read.minute) for read in timing.moments}) < len(timing.moments)
    if timing.daily and twice:
        return _times(timing.moments, _days(timing.weekdays), zone, timing)
    if timing.moments and not timing.insisted:
        return When(
            questions=(ask("interval_or_time", f"tiap {_words(length)}", f"tiap hari {_clock(timing.moments[0])}"),)
        )
    if not timing.weekdays and not timing.window:
        return When(({"interval_sec": length},))
    hours, assumptions = _hours(timing.window)
    if not hours:
        return When(questions=(ask("window"),))
    minutes = length // MINUTE
    if length % MINUTE == 0 and 0 < minutes < 60 and 60 % minutes == 0:
        step = "*" if minutes == 1 else f"*/{minutes}"
        return When((_cron(f"{step} {hours} * * {_days(timing.weekdays)}", zone),), assumptions=assumptions)
    if length % HOUR == 0 and 24 % (length // HOUR) == 0:
        step = "" if length == HOUR else f"/{length // HOUR}"
        return When((_cron(f"0 {hours}{step} * * {_days(timing.weekdays)}", zone),), assumptions=assumptions)
    return When(questions=(ask("uneven", "tiap 5 menit", "tiap 15 menit", "tiap jam", said=_words(length)),))


def _hours(window: tuple[Moment, Moment] | None) -> tuple[str, tuple[Note, ...]]:
    """Return the hours of a window for cron; '' when its ends are no full hours, or it reaches over midnight."""
    if window is None:
        return "*", ()
    first, last = window
    if first.minute or last.minute or first.hour >= last.hour:
        return "", ()
    end = f"{last.hour:02}:00"
    return f"{first.hour}-{last.hour - 1}", (note("until", end=end),)


def _monthly(timing: Timing, zone: str) -> When:
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


def _times(moments: Iterable[Moment], days: str, zone: str, timing: Timing) -> When:
    """One expression where all times share their minute, one each else. Times without a day are every day's."""
    minutes: dict[int, list[int]] = {}
    for read in moments:
        minutes.setdefault(read.minute, []).append(read.hour)
    expressions = [
        f"{minute} {','.join(map(str, dict.fromkeys(hours)))} * * {days}" for minute, hours in minutes.items()
    ]
    assumed = () if timing.daily or timing.weekdays else (note("every_day"),)
    return When(tuple(_cron(text, zone) for text in expressions), assumptions=assumed)


def _dated(timing: Timing, zone: str, now: datetime) -> When:
    today = now.astimezone(ZoneInfo(zone)).date()
    if not timing.moments:
        return When(questions=(ask("what_time", "jam 09:00", "jam 13:00", "jam 20:00"),))
    found = [_local(_day(timing, today), read, zone) for read in timing.moments]
    if any(at <= now for at in found):
        return When(questions=(ask("past", at=min(found).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")),))
    return When(tuple(_once(at, zone) for at in found))


def _day(timing: Timing, today: date) -> date:
    if timing.date:
        said = timing.date
        if said.year > 4:
            return said
        this_year = _in_year(said, today.year)
        return this_year if this_year >= today else _in_year(said, today.year + 1)
    if timing.next_weekday is not None:
        ahead = (timing.next_weekday - today.isoweekday() % 7) % 7
        return today + timedelta(days=ahead or 7)
    return today + timedelta(days=timing.ahead or 0)


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


def _checked(found: When) -> When:
    """Let nothing out that a job would not take: the schedule's own words become the question."""
    try:
        for schedule in filter(None, found.schedules):
            parse(schedule)
    except Invalid as error:
        return When(questions=(ask("not_taken", fault="; ".join(problem.msg for problem in error.problems)),))
    return found
