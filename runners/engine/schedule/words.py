"""A schedule in words, as pages, the command line and chat say it."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from runners.engine.schedule.cron_times import ALIASES
from runners.engine.schedule.model import Schedule

UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
DAYS = {"*": "every day", "1-5": "weekdays", "MON-FRI": "weekdays", "6,0": "weekends", "SAT,SUN": "weekends"}


def in_words(schedule: Schedule) -> str:
    """Return 'every 10 seconds', 'weekdays at 18:15, Asia/Jakarta', 'once at 2031-05-07 18:15 UTC', …

    Cron expressions that have no plain words are shown as they are: 'cron 0 9 1 1-6 *, UTC'.
    """
    if schedule.interval is not None:
        return _every(schedule.interval)
    if schedule.at is not None:
        local = schedule.at.astimezone(ZoneInfo(schedule.timezone))
        return f"once at {local:%Y-%m-%d %H:%M:%S} {schedule.timezone}".replace(":00 ", " ", 1)
    return f"{_cron(schedule.cron or '')}, {schedule.timezone}"


def _every(interval: timedelta) -> str:
    for unit, length in UNITS:
        if interval % length == timedelta():
            return _counted(interval // length, unit)
    return _counted(interval // timedelta(seconds=1), "second")


def _counted(count: int, unit: str) -> str:
    return f"every {unit}" if count == 1 else f"every {count} {unit}s"


def _cron(expression: str) -> str:
    minute, hour, *days = ALIASES.get(expression.lower(), expression).upper().split()
    when, day = _time_of_day(minute, hour), _days(*days)
    if when is None or day is None:
        return f"cron {expression}"
    if when.startswith("at ") or day != "every day":
        return f"{day} {when}"
    return when


def _time_of_day(minute: str, hour: str) -> str | None:
    if minute.isdigit() and hour.isdigit():
        return f"at {int(hour):02}:{int(minute):02}"
    if hour == "*" and minute.isdigit():
        return "every hour" if int(minute) == 0 else f"every hour at minute {int(minute)}"
    if hour == "*" and minute == "*":
        return "every minute"
    if hour == "*" and minute.startswith("*/") and 60 % int(minute[2:]) == 0:
        return _counted(int(minute[2:]), "minute")
    return None


def _days(day: str, month: str, weekday: str) -> str | None:
    if (day, month) == ("*", "*") and weekday in DAYS:
        return DAYS[weekday]
    if (day, month) == ("*", "*") and weekday in SHORT_WEEKDAYS:
        return f"{WEEKDAYS[SHORT_WEEKDAYS.index(weekday)]}s"
    if (day, month) == ("*", "*") and weekday.isdigit():
        return f"{WEEKDAYS[int(weekday)]}s"
    if (month, weekday) == ("*", "*") and day.isdigit():
        return f"day {int(day)} of every month"
    return None
