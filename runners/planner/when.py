"""From what was said of when to a schedule: one that says exactly that, or a question. Pure; the present moment is an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from runners.engine.errors import Invalid
from runners.engine.schedule import parse
from runners.planner import halves, schedules
from runners.planner.lexicon import DAY
from runners.planner.notes import Question, ask
from runners.planner.schedules import When
from runners.planner.timing import WEEKDAY_NAMES, Timing

BUSINESS_HOURS = ("dari jam 8 sampai jam 17 hari kerja", "dari jam 9 sampai jam 17 hari kerja")
EACH_DAY = (1, 2, 3, 4, 5, 6, 0)


Meaning = Callable[[Timing, str, datetime], When]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to mean a timing: taken where it `says` so, of these `fields` and of nothing else; one that only asks has none."""

    says: Callable[[Timing], object]
    meaning: Meaning
    fields: str = ""


def understood(timing: Timing, zone: str, now: datetime) -> When:
    """Return what `timing` means in a time zone."""
    zones = {read.zone for read in (*timing.moments, *(timing.window or ())) if read.zone}
    zone = zones.pop() if len(zones) == 1 else zone
    unclear = [*_unclear(timing), *((ask("one_zone"),) if zones else ())]
    return _checked(When(questions=tuple(unclear)) if unclear else _meant(timing, zone, now))


def _unclear(timing: Timing) -> Iterator[Question]:
    """Yield what has to be asked of what was read before anything is made of it."""
    yield from (one for one in timing.questions if one.note.name not in _answered(timing))
    yield from (read.question for read in (*timing.moments, *(timing.window or ())) if read.question)
    yield from halves.unclear(timing.moments)
    if timing.window:
        yield from halves.unclear_window(*timing.window)


def _days_left(timing: Timing) -> tuple[int, ...]:
    """Return the days that are left of those that are said, of all if none are, without the excepted ones."""
    return tuple(day for day in timing.weekdays or EACH_DAY if day not in timing.excepted)


def _answered(timing: Timing) -> frozenset[str]:
    """Return the questions that the rest of the clause answers: a choice stands behind what it answers."""
    names = {"ask_end_of_month", "ask_once_or_monthly"} if timing.days else set()
    names |= {"ask_which_date"} if timing.date else set()
    names |= {"ask_which_day"} if timing.dated else set()
    names |= {"ask_eve"} if timing.weekdays else set()
    names |= {"ask_how_often"} if timing.every_sec or timing.moments else set()
    return frozenset(names)


def _meant(timing: Timing, zone: str, now: datetime) -> When:
    if timing.excepted and not (left := _days_left(timing)):
        return When(questions=(ask("one_schedule"),))
    if timing.excepted:
        timing = replace(timing, weekdays=left, excepted=(), each_weekday=True)
    if timing.start and timing.recurs:
        return When(questions=(ask("starts", "mulai sekarang"),))
    if timing.start:
        timing = replace(timing, start=None, ahead=timing.start.ahead, date=timing.start.date, part=timing.start.part)
    once = timing.after_sec is not None or timing.dated
    if once and not timing.yearly and _comes_again(timing):
        return When(questions=(ask("once_or_every"),))
    if timing.after_sec is not None and timing.moments:
        days, rest = divmod(timing.after_sec, DAY)
        if rest:
            return When(questions=(ask("once_or_every"),))
        timing = replace(timing, after_sec=None, ahead=days)
    way = next((way for way in WAYS if way.says(timing)), None)
    if way and way.fields and not timing.says_only(*way.fields.split()):
        return When(questions=(ask("one_schedule"),))
    return way.meaning(timing, zone, now) if way else When()


def _comes_again(timing: Timing) -> bool:
    often = timing.every_sec or timing.daily or timing.weekly or timing.months or timing.days
    return bool(often or timing.each_weekday)


def _checked(found: When) -> When:
    """Let nothing out that a job would not take: the schedule's own words become the question."""
    try:
        for schedule in filter(None, found.schedules):
            parse(schedule)
    except Invalid as error:
        return When(questions=(ask("not_taken", fault="; ".join(problem.msg for problem in error.problems)),))
    return found


def _asking(name: str, *choices: str) -> Meaning:
    """Return the meaning of what is a question still."""
    return lambda timing, zone, now: When(questions=(ask(name, *choices),))


def _often(timing: Timing) -> bool:
    return timing.every_sec is not None and not (timing.daily and timing.every_sec == DAY)


WAYS = (
    Way(lambda said: said.cron, schedules.by_cron, "cron daily"),
    Way(lambda said: said.yearly, schedules.yearly, "yearly date moments"),
    Way(lambda said: said.after_sec is not None, schedules.ahead, "after_sec"),
    Way(lambda said: said.dated, schedules.dated, "date ahead next_weekday this_weekday weekdays moments"),
    Way(lambda said: said.months or said.days, schedules.monthly, "months days moments"),
    Way(
        lambda said: said.weekly and not said.weekdays,
        _asking("which_day", *(f"tiap hari {name}" for name in WEEKDAY_NAMES)),
    ),
    Way(lambda said: said.business and not said.window, _asking("business_hours", *BUSINESS_HOURS)),
    Way(_often, schedules.interval, "every_sec weekdays each_weekday window business daily weekly moments"),
    Way(lambda said: said.moments, schedules.times, "moments weekdays each_weekday daily weekly every_sec"),
    Way(lambda said: said.window, _asking("how_often_within", "tiap 15 menit", "tiap jam")),
    Way(lambda said: said.daily or said.weekdays, _asking("what_time", "jam 07:00", "jam 12:00", "jam 19:00")),
    Way(lambda said: said.now, lambda timing, zone, now: When((None,)), "now"),
)
"""What may be meant, the first that is said. What is said beside it, and not among its fields, is asked about."""
