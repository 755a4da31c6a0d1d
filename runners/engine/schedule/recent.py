"""A time in the past as people ask about it: 02:00, yesterday 02:00, or a date and a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from runners.engine.schedule.at import read_at
from runners.engine.schedule.zone import instant

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
SECONDS = re.compile(r".*:[0-9]{2}:[0-9]{2}.*")
YESTERDAY = re.compile(r"(?:yesterday|kemarin) +", re.IGNORECASE)


def read_recent(typed: str, zone: str, now: datetime) -> datetime | None:
    """Return the UTC time that is meant, None for what is no time.

    A bare '02:00' is the last time that clocks in `zone` showed it, with 'yesterday' or 'kemarin' before it the one of that
    day; a date and time may be local or RFC 3339.
    """
    bare = YESTERDAY.sub("", typed, count=1)
    if clock := CLOCK.fullmatch(bare):
        return _last(int(clock[1]), int(clock[2]), zone, now, back=1 if bare != typed else 0)
    try:
        return read_at(typed, zone)
    except ValueError:
        return None


def length_of(typed: str) -> timedelta:
    """Return how long a time that was typed so lasts: a second when it states seconds, else its minute."""
    return timedelta(seconds=1) if SECONDS.fullmatch(typed) else MINUTE


def _last(hour: int, minute: int, zone: str, now: datetime, back: int) -> datetime:
    place = ZoneInfo(zone)
    today = now.astimezone(place).replace(tzinfo=None, hour=hour, minute=minute, second=0, microsecond=0)
    days = (today - days_ago * DAY for days_ago in range(back, back + 3))
    return next(at for day in days if (at := instant(day, place)) <= now).astimezone(UTC)
