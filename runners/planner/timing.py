"""When a clause wants its job to run, as it is written: read word for word, understood in `when`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from runners.planner import days as day_words
from runners.planner.cursor import Cursor, Rule, scan
from runners.planner.lexicon import (
    ADVERBS,
    AT,
    DAY,
    DAYS_AHEAD,
    EVERY,
    FROM,
    JOINS,
    MONTH_UNITS,
    MONTHLY,
    NOW,
    NUMBERS,
    ONCE,
    PARTS,
    SE_UNITS,
    UNIT_SEC,
    UNTIL,
    WEEK,
)
from runners.planner.moments import BEGINNINGS, NAMED, Moment, moment
from runners.planner.notes import Question, ask


@dataclass
class Timing:
    """What was said: `every_sec` an interval, `months` a count of months, `weekdays` as cron counts them, `day` of the month.

    `weekly` and `monthly` without a day, and `daily` without a time, are questions still. `after_sec` counts from now.
    """

    every_sec: int | None = None
    months: int | None = None
    daily: bool = False
    weekly: bool = False
    weekdays: tuple[int, ...] = ()
    day: int | None = None
    date: date | None = None
    ahead: int | None = None
    next_weekday: int | None = None
    after_sec: int | None = None
    now: bool = False
    cron: str | None = None
    moments: list[Moment] = field(default_factory=list)
    window: tuple[Moment, Moment] | None = None
    part: str | None = None
    questions: list[Question] = field(default_factory=list)

    @property
    def said(self) -> bool:
        """Say whether anything was said of when."""
        return self != Timing()

    @property
    def only_moments(self) -> bool:
        """Say whether nothing but times of day were said."""
        return bool(self.moments) and Timing(moments=self.moments) == self


def read_timing(cursor: Cursor) -> Timing:
    """Read what the clause says of when, and take it."""
    found = Timing()
    scan(cursor, RULES, found)
    return found


def _cron(cursor: Cursor, place: int, found: Timing) -> int:
    if cursor.low(place) != "cron":
        return place
    if cursor.at(place + 1).kind == "quote":
        found.cron = cursor.at(place + 1).text.strip()
        return place + 2
    fields = [cursor.at(place + step).text for step in range(1, 6)]
    if all(text and set(text) <= set("0123456789*/,-") for text in fields):
        found.cron = " ".join(fields)
        return place + 6
    return place


def _except(cursor: Cursor, place: int, found: Timing) -> int:
    """'kecuali hari minggu', 'except weekends': every other day."""
    read = day_words.read(cursor, place + 1, expected=True)
    if read is None or not read.weekdays:
        return place
    found.weekdays = tuple(day for day in (1, 2, 3, 4, 5, 6, 0) if day not in read.weekdays)
    return read.end


def _every(cursor: Cursor, place: int, found: Timing) -> int:
    """'tiap 5 menit', 'setiap jam', 'every other day', 'setiap jam 7', 'tiap pagi', 'every month'."""
    if cursor.low(place) not in EVERY:
        return place
    start = place + 1
    if length := SE_UNITS.get(cursor.low(start)):
        return _once_in(found, length, cursor.skip(start + 1, ONCE))
    if cursor.low(start) in AT or cursor.low(start) in NAMED:
        read, end = moment(cursor, start, hint=found.part)
        if read:
            return _daily_at(found, read, end)
    if cursor.low(start) in ("setengah", "half") and (
        length := UNIT_SEC.get(cursor.low(start + 1 + cursor.says(start + 1, "an")))
    ):
        found.every_sec = length // 2
        return start + 2 + cursor.says(start + 1, "an")
    count, end = _count(cursor, start)
    if cursor.low(end) == "setengah" and count and (length := UNIT_SEC.get(cursor.low(end + 1))):
        found.every_sec = count * length + length // 2
        return end + 2
    if cursor.low(end) in MONTH_UNITS:
        found.months = count or 1
        return end + 1
    if count is None and cursor.low(start) in PARTS:
        found.daily, found.part = True, PARTS[cursor.low(start)]
        return start + 1
    return _length(cursor, end, found, count)


def _count(cursor: Cursor, place: int) -> tuple[int | None, int]:
    """Read the count of an interval: '5', 'lima', 'other' and 'second' before a unit are 2."""
    if cursor.says(place, "other") or (cursor.says(place, "second") and cursor.low(place + 1) in UNIT_SEC):
        return 2, place + 1
    return cursor.number(place)


def _length(cursor: Cursor, place: int, found: Timing, count: int | None) -> int:
    """Read the unit of an interval; returns 0, which is nothing read, when there is none."""
    length = UNIT_SEC.get(cursor.low(place))
    if length is None:
        return 0
    if count is None and length == DAY and day_words.named(cursor, place):
        return 0
    if count in (None, 1) and length in (DAY, WEEK):
        found.daily, found.weekly = found.daily or length == DAY, found.weekly or length == WEEK
    else:
        found.every_sec = length * (1 if count is None else count)
    return cursor.skip(place + 1, ONCE)


def _daily_at(found: Timing, read: Moment, end: int) -> int:
    found.daily = True
    found.moments.append(read)
    return end


def _counted(cursor: Cursor, place: int, found: Timing) -> int:
    """'5 menit sekali', 'sehari sekali', 'once a day', '3 kali sehari', '10 menit lagi', 'in 2 hours'."""
    if (
        cursor.low(place) == "setengah"
        and (half := UNIT_SEC.get(cursor.low(place + 1)))
        and cursor.low(place + 2) in ONCE
    ):
        return _once_in(found, half // 2, place + 3)
    if (length := SE_UNITS.get(cursor.low(place))) and cursor.low(place + 1) in ONCE:
        return _once_in(found, length, place + 2)
    if cursor.low(place) in ONCE and cursor.low(place + 1) in EVERY:
        return place + 1
    if cursor.low(place) in ONCE and (unit := _unit_behind(cursor, place + 1)):
        return _once_in(found, *unit)
    led = cursor.skip(place, ("in", "dalam"))
    count, end = cursor.number(led)
    length_of = UNIT_SEC.get(cursor.low(end))
    if count is not None and cursor.low(end) in ("kali", "times", "x") and (unit := _unit_behind(cursor, end + 1)):
        found.questions.append(ask("how_often", *_spread(count, unit[0]), count=count))
        return unit[1]
    if count is None or length_of is None:
        return place
    if cursor.low(end + 1) in ONCE:
        return _once_in(found, count * length_of, end + 2)
    if led > place or cursor.low(end + 1) == "lagi" or cursor.says(end + 1, "from", "now"):
        found.after_sec = count * length_of
        return end + 1 + (cursor.low(end + 1) == "lagi") + 2 * cursor.says(end + 1, "from", "now")
    return place


def _unit_behind(cursor: Cursor, place: int) -> tuple[int, int] | None:
    """Return (seconds, place behind) of 'sehari', 'a day', 'per jam', 'daily'."""
    word = cursor.low(place)
    if length := SE_UNITS.get(word) or ADVERBS.get(word):
        return length, place + 1
    if word in ("a", "an", "per", "tiap", "setiap") and (length := UNIT_SEC.get(cursor.low(place + 1))):
        return length, place + 2
    return None


def _once_in(found: Timing, length: int, end: int) -> int:
    if length == DAY:
        found.daily = True
    elif length == WEEK:
        found.weekly = True
    else:
        found.every_sec = length
    return end


def _spread(count: int, unit: int) -> tuple[str, ...]:
    return (f"tiap {unit // count // 60} menit",) if count and unit // count >= 60 else ()


def _adverb(cursor: Cursor, place: int, found: Timing) -> int:
    word = cursor.low(place)
    if word in MONTHLY:
        found.months = 1
    elif word in ADVERBS:
        _once_in(found, ADVERBS[word], 0)
    elif word in NOW:
        found.now = True
    else:
        return place
    return place + 1


def _part_ahead(cursor: Cursor, place: int, found: Timing) -> int:
    """'malam jam 7': the part of the day before its time."""
    if cursor.low(place + 1) not in AT:
        return place
    found.part = PARTS[cursor.low(place)]
    return place + 1


def _ahead(cursor: Cursor, place: int, found: Timing) -> int:
    """'besok', 'lusa', 'hari ini', 'nanti malam', 'tonight'."""
    if cursor.says(place, "hari", "ini"):
        found.ahead = 0
        return place + 2
    if cursor.low(place) == "nanti" and cursor.low(place + 1) in PARTS:
        found.ahead, found.part = 0, PARTS[cursor.low(place + 1)]
        return place + 2
    if cursor.low(place) not in DAYS_AHEAD:
        return place
    found.ahead = DAYS_AHEAD[cursor.low(place)]
    if cursor.low(place) == "tonight":
        found.part = "night"
    if cursor.low(place + 1) in PARTS:
        found.part = PARTS[cursor.low(place + 1)]
        return place + 2
    return place + 1


def _window(cursor: Cursor, place: int, found: Timing) -> int:
    """'dari jam 8 sampai jam 17', 'between 8:00 and 17:00', 'jam 8 sampai 17'."""
    led = cursor.skip(place, FROM)
    first, middle = moment(cursor, led, led=led > place)
    if first is None or not (cursor.low(middle) in UNTIL or (led > place and cursor.low(middle) in ("dan", "and"))):
        return place
    last, end = moment(cursor, middle + 1, led=True)
    if last is None:
        return place
    found.window = first, last
    return end


def _moment(cursor: Cursor, place: int, found: Timing) -> int:
    led = bool(found.moments) and place > 0 and cursor.tokens[place - 1].low in JOINS and place - 1 not in cursor.taken
    led = led and place - 2 in cursor.taken and UNIT_SEC.get(cursor.low(place + 1)) is None
    read, end = moment(cursor, place, led=led, hint=found.part)
    if read is None:
        return place
    found.moments.append(read)
    return end


def _days(cursor: Cursor, place: int, found: Timing) -> int:
    read = day_words.read(cursor, place)
    if read is None:
        return place
    found.weekdays = tuple(dict.fromkeys((*found.weekdays, *read.weekdays)))
    found.day = read.day or found.day
    found.date = read.date or found.date
    found.next_weekday = found.next_weekday if read.next_weekday is None else read.next_weekday
    found.questions += read.questions
    return read.end


RULES: tuple[Rule[Timing], ...] = (
    Rule(_cron, {"cron"}),
    Rule(_except, {"kecuali", "selain", "except"}),
    Rule(_days, day_words.BEGINNINGS, ("number", "date")),
    Rule(_every, EVERY),
    Rule(_counted, SE_UNITS.keys() | ONCE | NUMBERS.keys() | {"in", "dalam", "setengah"}, ("number",)),
    Rule(_window, FROM | BEGINNINGS, ("number", "clock")),
    Rule(_ahead, DAYS_AHEAD.keys() | {"hari", "nanti"}),
    Rule(_part_ahead, PARTS.keys()),
    Rule(_adverb, MONTHLY | ADVERBS.keys() | NOW),
    Rule(_moment, BEGINNINGS, ("number", "clock")),
)
