"""What a cron expression means, worked out a second time and in another way than the engine does it.

Every field is spread out into the set of its values; every minute of a stretch of time is looked up on the wall clock of
the zone. Nothing of the engine, and no cron library, is asked.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MONTHS = {
    "JAN": 1,
    "FEB": 2,
    "MAR": 3,
    "APR": 4,
    "MAY": 5,
    "JUN": 6,
    "JUL": 7,
    "AUG": 8,
    "SEP": 9,
    "OCT": 10,
    "NOV": 11,
    "DEC": 12,
}
WEEKDAYS = {"SUN": 0, "MON": 1, "TUE": 2, "WED": 3, "THU": 4, "FRI": 5, "SAT": 6}
RANGES = ((0, 59, {}), (0, 23, {}), (1, 31, {}), (1, 12, MONTHS), (0, 7, WEEKDAYS))
NAMED = {
    "@yearly": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}


@dataclass(frozen=True)
class Fields:
    """The values of each field; a day is right when both day fields are, or one of two that are restricted."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def on(self, day: date) -> bool:
        """Say whether anything matches on `day`."""
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return day.month in self.months and ((in_month or in_week) if self.either else (in_month and in_week))


def read(expression: str) -> Fields:
    """Spread out an expression that is known to be right."""
    texts = NAMED.get(expression, expression).upper().split()
    values = [spread(text, *limits) for text, limits in zip(texts, RANGES, strict=True)]
    weekdays = frozenset(number % 7 for number in values[4])
    either = not texts[2].startswith("*") and not texts[4].startswith("*")
    return Fields(*values[:4], weekdays, either)


def spread(text: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    """Return all values of one field."""
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start = low if first == "*" else names.get(first) if first in names else int(first)
        end = high if first == "*" or (step and not last) else start
        if last:
            end = names[last] if last in names else int(last)
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)


@dataclass(frozen=True)
class Stretch:
    """A stretch of time in one zone, minute by minute: at which moments the wall clock shows each minute."""

    shown: dict[datetime, list[datetime]]
    first: datetime
    last: datetime

    @property
    def dates(self) -> list[date]:
        """Every date that the wall clock shows, or skips a part of."""
        return [self.first.date() + timedelta(days=number) for number in range((self.last - self.first).days + 2)]

    def jump_over(self, wall: datetime) -> datetime:
        """Return the first moment at which the wall clock is past a time that it never shows."""
        while wall not in self.shown:
            wall += MINUTE
        return self.shown[wall][0]


def stretch(zone: ZoneInfo, start: datetime, end: datetime) -> Stretch:
    """Look at the wall clock at every minute from `start` to `end`."""
    shown: dict[datetime, list[datetime]] = {}
    for number in range((end - start) // MINUTE + 1):
        at = start + number * MINUTE
        shown.setdefault(at.astimezone(zone).replace(tzinfo=None), []).append(at)
    return Stretch(shown, min(shown), max(shown))


def fires(fields: Fields, seen: Stretch) -> dict[datetime, str]:
    """Return every moment of the stretch at which the expression fires, and what the clocks do to it.

    docs/guards.md: an expression that names hours says when (skipped: at the jump; repeated: the first time); one of
    every hour says how often (repeated: both times; skipped: nothing to make up for). '' is an ordinary moment.
    """
    paced, found = len(fields.hours) == 24, {}
    for day in filter(fields.on, seen.dates):
        for hour in fields.hours:
            for minute in fields.minutes:
                wall = datetime(day.year, day.month, day.day, hour, minute)
                moments = seen.shown.get(wall, [])
                twice = "repeated_both" if paced else "repeated_first"
                if moments:
                    for at in moments if paced else moments[:1]:
                        found.setdefault(at, twice if len(moments) > 1 else "")
                elif not paced and seen.first < wall < seen.last:
                    found[seen.jump_over(wall)] = "skipped"
    return found


def transitions(zone: ZoneInfo, first_year: int, last_year: int) -> list[tuple[datetime, timedelta, timedelta]]:
    """Return (moment, offset before, offset after) of every change of the zone's offset, found by halving half days."""
    found, step = [], 12 * HOUR
    at, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    before = offset(zone, at)
    while at < end:
        following = at + step
        after = offset(zone, following)
        if after != before:
            low, high = at, following
            while high - low > MINUTE:
                middle = low + (high - low) // MINUTE // 2 * MINUTE
                low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
            found.append((high, before, after))
        at, before = following, after
    return found


def offset(zone: ZoneInfo, at: datetime) -> timedelta:
    """Return how far the zone's clocks are from UTC at `at`."""
    found = at.astimezone(zone).utcoffset()
    assert found is not None
    return found
