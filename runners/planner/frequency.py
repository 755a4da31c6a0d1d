"""How often, as people write it: 'tiap 5 menit', '2 jam sekali', 'every other day', 'twice a day', 'harian', 'tiap tahun'."""

from __future__ import annotations

from runners.planner import days as day_words
from runners.planner.cursor import Cursor
from runners.planner.lexicon import (
    ADVERBS,
    AT,
    DAY,
    EVERY,
    MONTH_SPANS,
    MONTH_UNITS,
    MONTHLY,
    NOW,
    ONCE,
    PARTS,
    PAST,
    SE_MONTHS,
    SE_UNITS,
    SECOND,
    SPAN_ADVERBS,
    TIMES,
    TWICE,
    UNIT_SEC,
    WEEK,
    YEAR,
    YEAR_UNITS,
    YEARLY,
)
from runners.planner.moments import NAMED, moment
from runners.planner.notes import ask
from runners.planner.timing import WEEKDAY_NAMES, Timing

FORTIETHS = 40
"""Parts of a unit by which halves, quarters and tenths are counted."""


def every(cursor: Cursor, place: int, found: Timing) -> int:
    """'tiap 5 menit', 'setiap jam', 'every other day', 'setiap jam 7', 'tiap pagi', 'every month'."""
    if cursor.low(place) not in EVERY:
        return place
    start = cursor.skip(place + 1, {"single"})
    for read in (_each_year, _each_day_at, _part_of_unit, eve, _each_part_of_day):
        if (end := read(cursor, start, found)) > start:
            return end
    return _each_length(cursor, start, found)


def _each_year(cursor: Cursor, place: int, found: Timing) -> int:
    """'tahun', '1 januari', 'tanggal 17 agustus'."""
    if (read := day_words.date_at(cursor, place)) and (read.date or read.questions):
        found.yearly = True
        found.questions += read.questions
        found.settle("date", read.date)
        return read.end
    if cursor.low(place) not in YEAR_UNITS:
        return place
    found.yearly = True
    return place + 1


def _each_day_at(cursor: Cursor, place: int, found: Timing) -> int:
    """'jam 7', 'midnight'."""
    led = cursor.low(place) in AT or cursor.low(place) in NAMED
    read, end = moment(cursor, place, hint=found.part) if led else (None, place)
    if read is None:
        return place
    found.daily = True
    found.moments.append(read)
    return end


def _each_part_of_day(cursor: Cursor, place: int, found: Timing) -> int:
    """'pagi', 'evening'."""
    if cursor.low(place) not in PARTS:
        return place
    found.daily = True
    found.be_in(PARTS[cursor.low(place)])
    return place + 1


def _each_length(cursor: Cursor, place: int, found: Timing) -> int:
    """'5 menit', 'sejam', 'dua setengah jam', '3 months', 'quarter'; returns 0, which is nothing read, when there is none."""
    if length := SE_UNITS.get(cursor.low(place)):
        return _once_in(found, length, cursor.skip(place + 1, ONCE))
    if (months := MONTH_SPANS.get(cursor.low(place))) and cursor.low(place + 1) not in PAST | {"to"}:
        found.settle("months", months)
        return place + 1
    count, end = _count(cursor, place)
    if cursor.low(end) == "setengah" and count and (length := UNIT_SEC.get(cursor.low(end + 1))):
        found.settle("every_sec", count * length + length // 2)
        return end + 2
    if cursor.low(end) in MONTH_UNITS:
        found.settle("months", count or 1)
        return end + 1
    return _length(cursor, end, found, count)


def eve(cursor: Cursor, place: int, found: Timing) -> int:
    """'malam minggu': the night before Sunday to some and of Sunday to others, so that it is asked."""
    day = day_words.weekday_of(cursor, place + 1) if cursor.low(place) == "malam" else None
    if day is None:
        return place
    choices = (f"hari {WEEKDAY_NAMES[one]}" for one in ((day - 1) % 7, day))
    found.part = "night"
    found.questions.append(ask("eve", *choices, said=WEEKDAY_NAMES[day]))
    return place + 2


def _part_of_unit(cursor: Cursor, place: int, found: Timing) -> int:
    """'setengah jam', 'half an hour', '1.5 hours', '0,5 jam', 'seperempat jam', 'quarter of an hour'."""
    token = cursor.at(place)
    parts, unit = 0, place + 1
    if token.kind == "decimal":
        parts = int(token.text.replace(",", "").replace(".", "")) * 4
    elif token.low in ("setengah", "half"):
        parts, unit = 20, cursor.skip(unit, {"a", "an"})
    elif token.low in ("seperempat", "quarter"):
        parts, unit = 10, unit + 2 * cursor.says(unit, "of", "an")
    length, rest = divmod(UNIT_SEC.get(cursor.low(unit), 0) * parts, FORTIETHS)
    if not length or rest:
        return place
    found.settle("every_sec", length)
    return unit + 1


def _count(cursor: Cursor, place: int) -> tuple[int | None, int]:
    """Read the count of an interval: '5', 'lima', 'other' and 'second' before a unit are 2."""
    if cursor.says(place, "other") or (cursor.says(place, "second") and cursor.low(place + 1) in UNIT_SEC):
        return 2, place + 1
    return cursor.number(place)


def _length(cursor: Cursor, place: int, found: Timing, count: int | None) -> int:
    """Read the unit of an interval; returns 0, which is nothing read, when there is none."""
    length = UNIT_SEC.get(cursor.low(place))
    if length is None or (length == SECOND and day_words.weekday_of(cursor, place + 1) is not None):
        return 0
    if count is None and length == DAY and day_words.named(cursor, place):
        return 0
    if count in (None, 1) and length in (DAY, WEEK):
        found.daily, found.weekly = found.daily or length == DAY, found.weekly or length == WEEK
    else:
        every_sec = length * (1 if count is None else count)
        found.insisted = found.every_sec == every_sec
        found.settle("every_sec", every_sec)
    return cursor.skip(place + 1, ONCE)


def counted(cursor: Cursor, place: int, found: Timing) -> int:
    """'5 menit sekali', 'sehari sekali', 'once a day', '3 kali sehari', '10 menit lagi', 'in 2 hours'."""
    if cursor.at(place).kind == "number" and cursor.at(place + 1).kind != "word":
        return place
    if often := _so_often(cursor, place):
        found.questions.append(ask("how_often", *_spread(*often[:2]), count=often[0]))
        return often[2]
    if by_month := _once_in_months(cursor, place):
        months, end = by_month
        found.yearly |= months == YEAR
        found.months = found.months if months == YEAR else months
        return end
    if cursor.low(place) in ONCE and cursor.low(place + 1) in EVERY:
        return place + 1
    if cursor.low(place) in ONCE and (unit := _unit_behind(cursor, place + 1)):
        return _once_in(found, *unit)
    return _from_now(cursor, place, found)


def _once_in_months(cursor: Cursor, place: int) -> tuple[int, int] | None:
    """Return (months, place behind) of 'sebulan sekali', '3 bulan sekali', 'once a month', 'setahun sekali', 'once a year'."""
    if cursor.low(place) in ONCE and (unit := cursor.skip(place + 1, {"a", "per"})) > place + 1:
        months = _months(cursor, unit)
        return (months, unit + 1) if months else None
    count, unit = cursor.number(place)
    if cursor.low(unit + 1) not in ONCE:
        return None
    months = (count or 0) * _months(cursor, unit) or SE_MONTHS.get(cursor.low(unit), 0)
    if not 0 < months <= YEAR:
        return None
    return months, unit + 2


def _months(cursor: Cursor, place: int) -> int:
    """Return the months that a unit is long, 0 where it is no such unit."""
    return 1 if cursor.low(place) in MONTH_UNITS else YEAR if cursor.low(place) in YEAR_UNITS else 0


def _from_now(cursor: Cursor, place: int, found: Timing) -> int:
    """'10 menit lagi', 'in 2 hours', 'in half an hour', 'sejam lagi', 'an hour from now'; or '5 menit sekali'."""
    led = cursor.skip(place, ("in", "dalam"))
    length, end = _stretch(cursor, led)
    if length is None:
        return place
    if led == place and cursor.low(end) in ONCE:
        return _once_in(found, length, end + 1)
    behind = end + 2 if cursor.says(end, "from", "now") else cursor.skip(end, ("lagi",))
    if led == place and behind == end:
        return place
    found.settle("after_sec", length)
    return behind


def _stretch(cursor: Cursor, place: int) -> tuple[int | None, int]:
    """Return the seconds of '2 hours', 'an hour', 'setengah jam', 'half an hour', 'sejam', and the place behind it."""
    if length := SE_UNITS.get(cursor.low(place)):
        return length, place + 1
    half = cursor.low(place) in ("setengah", "half")
    start = place + half
    one = cursor.skip(start, ("a", "an"))
    count, end = (1, one) if half or one > start else cursor.number(start)
    unit = UNIT_SEC.get(cursor.low(end))
    if count is None or unit is None:
        return None, place
    return count * unit // (1 + half), end + 1


def _so_often(cursor: Cursor, place: int) -> tuple[int, int, int] | None:
    """Return (count, seconds, place behind) of '3 kali sehari', 'twice a day', 'sehari 3x'."""
    if length := SE_UNITS.get(cursor.low(place)):
        count, end = cursor.number(place + 1)
        return (count, length, end + 1) if count and cursor.low(end) in TIMES else None
    if cursor.low(place) in TWICE:
        count, behind = TWICE[cursor.low(place)], place + 1
    else:
        count, end = cursor.number(place)
        behind = cursor.skip(end, TIMES)
        if behind == end:
            return None
    unit = _unit_behind(cursor, behind)
    return (count, *unit) if count and unit else None


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
        found.settle("every_sec", length)
    return end


def _spread(count: int, unit: int) -> tuple[str, ...]:
    return (f"tiap {unit // count // 60} menit",) if count and unit // count >= 60 else ()


def adverb(cursor: Cursor, place: int, found: Timing) -> int:
    word = cursor.low(place)
    if months := SPAN_ADVERBS.get(word) or int(word in MONTHLY):
        found.settle("months", months)
    elif word in YEARLY:
        found.yearly = True
    elif word in ADVERBS:
        if word == "nightly":
            found.be_in("night")
        _once_in(found, ADVERBS[word], 0)
    elif word in NOW or (word == "right" and cursor.low(place + 1) in NOW):
        found.now = True
        return place + 1 + (word == "right")
    else:
        return place
    return place + 1
