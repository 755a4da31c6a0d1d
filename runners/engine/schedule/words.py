"""A schedule in words, as pages, the command line and chat say it, in each language of the catalogue."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from runners.engine.schedule.cron_times import ALIASES
from runners.engine.schedule.model import Schedule
from runners.engine.words import Language, say

UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
SHORT_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
DAYS = {"*": "every_day", "1-5": "weekdays", "MON-FRI": "weekdays", "6,0": "weekends", "SAT,SUN": "weekends"}


def in_words(schedule: Schedule | None, language: Language = Language.EN) -> str:
    """Return 'every 10 seconds', 'weekdays at 18:15, Asia/Jakarta', 'once at 2031-05-07 18:15 UTC', 'only when asked', …

    Cron expressions that have no plain words are shown as they are: 'cron 0 9 1 1-6 *, UTC'.
    """
    if schedule is None:
        return say("schedule.asked", language)
    if schedule.interval is not None:
        return _every(schedule.interval, language)
    if schedule.at is not None:
        local = f"{schedule.at.astimezone(ZoneInfo(schedule.timezone)):%Y-%m-%d %H:%M:%S}"
        return say("schedule.once", language, at=local.removesuffix(":00"), zone=schedule.timezone)
    return f"{_cron(schedule.cron or '', language)}, {schedule.timezone}"


def _every(interval: timedelta, language: Language) -> str:
    for unit, length in UNITS:
        if interval % length == timedelta():
            return _counted(interval // length, unit, language)
    return _counted(interval // timedelta(seconds=1), "second", language)


def _counted(count: int, unit: str, language: Language) -> str:
    return say(f"schedule.every_{unit}" if count == 1 else f"schedule.every_{unit}s", language, count=count)


def _cron(expression: str, language: Language) -> str:
    minute, hour, *days = ALIASES.get(expression.lower(), expression).upper().split()
    time, pace, day = _time_of_day(minute, hour), _pace(minute, hour, language), _day(*days)
    if day is None or not (time or pace):
        return f"cron {expression}"
    name, number = day
    spoken = say(f"schedule.{name}", language, day=number)
    if time:
        return say("schedule.on", language, day=spoken, time=time)
    return pace if name == "every_day" else say("schedule.paced", language, day=spoken, pace=pace)


def _time_of_day(minute: str, hour: str) -> str:
    """Return the one time of the day that is meant, or ''."""
    return f"{int(hour):02}:{int(minute):02}" if minute.isdigit() and hour.isdigit() else ""


def _pace(minute: str, hour: str, language: Language) -> str:
    """Return how often it is through the day, or ''."""
    if hour == "*" and minute.isdigit():
        past = int(minute)
        return say("schedule.hourly_at", language, minute=past) if past else _counted(1, "hour", language)
    if hour == "*" and minute == "*":
        return _counted(1, "minute", language)
    if hour == "*" and minute.startswith("*/") and 60 % int(minute[2:]) == 0:
        return _counted(int(minute[2:]), "minute", language)
    return ""


def _day(day: str, month: str, weekday: str) -> tuple[str, int] | None:
    """Return the name of the days in the catalogue, with the number of a day of the month; None for all others."""
    if (day, month) == ("*", "*") and weekday in DAYS:
        return DAYS[weekday], 0
    if (day, month) == ("*", "*") and weekday in SHORT_WEEKDAYS:
        return f"weekday_{SHORT_WEEKDAYS.index(weekday)}", 0
    if (day, month) == ("*", "*") and weekday.isdigit():
        return f"weekday_{int(weekday) % len(SHORT_WEEKDAYS)}", 0
    if (month, weekday) == ("*", "*") and day.isdigit():
        return "day_of_month", int(day)
    return None
