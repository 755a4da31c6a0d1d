"""Days as people write them: weekdays and their ranges, days of a month, dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from runners.planner.cursor import Cursor, phrases
from runners.planner.lexicon import (
    AT,
    EVERY,
    JOINS,
    MONTH_SPANS,
    MONTH_UNITS,
    MONTHLY,
    MONTHS,
    SPAN_ADVERBS,
    UNIT_SEC,
    UNTIL,
    WEEKDAYS,
    words,
)
from runners.planner.notes import Question, ask
from runners.planner.numerals import NUMBERS, ORDINAL_WORDS, ORDINALS

WORKDAYS, WEEKEND, SATURDAY = (1, 2, 3, 4, 5), (6, 0), 6
NAMED = phrases(
    dict.fromkeys(("hari kerja", "weekdays", "weekday", "workdays", "working days", "working day"), WORKDAYS)
    | dict.fromkeys(("business days", "business day"), WORKDAYS)
    | dict.fromkeys(("akhir pekan", "weekends", "weekend"), WEEKEND)
)
MONTH_ENDS = phrases(
    dict.fromkeys(("akhir bulan", "tiap akhir bulan", "setiap akhir bulan", "month end", "end of month"), True)
    | dict.fromkeys((f"{lead}end of {each} month" for lead in ("", "the ") for each in ("the", "every", "each")), True)
    | dict.fromkeys(
        (f"{lead}last day of {each} month" for lead in ("", "the ") for each in ("the", "every", "each")), True
    )
    | dict.fromkeys(("hari terakhir tiap bulan", "hari terakhir setiap bulan", "hari terakhir bulan"), True)
)
PLURALS = frozenset(word for word in WEEKDAYS if word.endswith("days"))
HYPHENED = {f"{first}-{last}" for first in WEEKDAYS for last in (*WEEKDAYS, "minggu")}
AHEAD = words("this next ini depan")
ONLY = words("only hanya cuma")
"""Words that may stand before the weekdays that are meant."""
BEGINNINGS = frozenset(
    EVERY
    | ONLY
    | WEEKDAYS.keys()
    | MONTHS.keys()
    | NUMBERS.keys()
    | HYPHENED
    | NAMED.keys()
    | {"on", "pada", "di", "from", "dari", "hari", "minggu", "next", "this", "tanggal", "tgl", "the", "awal"}
    | MONTH_ENDS.keys()
)
"""The words that days may begin with, beside numbers and dates."""
SPANS_OF_MONTHS = MONTH_UNITS | MONTHLY | MONTH_SPANS.keys() | SPAN_ADVERBS.keys() | {"sebulan"}
BEHIND_DAY = ORDINALS | MONTHS.keys() | EVERY | {"of"}
"""What may stand behind a number that begins a day."""


@dataclass(frozen=True, slots=True)
class Days:
    """What was read, and the place behind it. A `date` of year 1 has none said: the next one is meant.

    `each` says that the weekdays were said as ones that come again.
    """

    end: int
    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    date: date | None = None
    next_weekday: int | None = None
    this_weekday: int | None = None
    questions: tuple[Question, ...] = ()
    each: bool = False


def read(cursor: Cursor, place: int, *, expected: bool = False) -> Days | None:
    """Return the days that begin at a place, None when none do. 'minggu' is Sunday where days are `expected`."""
    if cursor.at(place).kind == "number" and cursor.low(place + 1) not in BEHIND_DAY:
        return None
    ended, end = cursor.phrase(cursor.skip(place, {"on", "at"}), MONTH_ENDS)
    if ended:
        return Days(end, questions=(ask("end_of_month", "tiap tanggal 28", "tiap tanggal 1"),))
    if cursor.at(place).kind == "word" and (found := _named(cursor, place) or _weekdays(cursor, place, expected)):
        return found
    return date_at(cursor, place) or _of_month(cursor, place)


def named(cursor: Cursor, place: int) -> bool:
    """Say whether 'hari' at a place belongs to a weekday or to 'hari kerja'."""
    return _named(cursor, place) is not None or weekday_of(cursor, place + 1) is not None


def _named(cursor: Cursor, place: int) -> Days | None:
    start = cursor.skip(cursor.skip(place, {"on", "pada", "di"}), EVERY | AHEAD)
    weekdays, end = cursor.phrase(start, NAMED)
    if not weekdays:
        return None
    if cursor.low(start - 1) not in AHEAD and cursor.low(end) not in AHEAD:
        return Days(end, weekdays, each=True)
    which = "depan" if {cursor.low(start - 1), cursor.low(end)} & {"next", "depan"} else "ini"
    choices = (f"hari sabtu {which}", f"hari minggu {which}") if weekdays == WEEKEND else ()
    return Days(cursor.skip(end, AHEAD), questions=(ask("which_day", *choices),))


def weekday_of(cursor: Cursor, place: int, led: bool = True) -> int | None:
    """Return the weekday that is named at a place; 'minggu' is Sunday where a day is expected, which is as `led` says."""
    if cursor.low(place) == "minggu" and led:
        return 0
    return WEEKDAYS.get(cursor.low(place))


def _weekdays(cursor: Cursor, place: int, expected: bool) -> Days | None:
    ranged = cursor.low(place) in ("from", "dari")
    start = cursor.skip(place, EVERY | {"on", "from", "dari"})
    each = cursor.low(place) in EVERY
    led = cursor.low(start) == "hari"
    start += led
    led = led or expected or (cursor.low(start) == "minggu" and start == place and cursor.low(start + 1) in AT)
    if cursor.low(start) in ("next", "this") and (ahead := WEEKDAYS.get(cursor.low(start + 1))) is not None:
        return _ahead(cursor.low(start), ahead, start + 2)
    if hyphened := _hyphened(cursor.low(start)):
        return Days(start + 1, hyphened, each=True)
    first = weekday_of(cursor, start, led)
    if first is None:
        return None
    if cursor.low(start + 1) in ("depan", "ini"):
        return _ahead(cursor.low(start + 1), first, start + 2)
    if cursor.low(start + 1) in UNTIL and (last := weekday_of(cursor, start + 2)) is not None:
        return Days(start + 3, _range(first, last), each=True)
    if ranged:
        return None
    each |= cursor.low(start) in PLURALS
    found, end = [first], start + 1
    while True:
        joined = cursor.skip(cursor.skip(end, JOINS), JOINS)
        behind = cursor.skip(joined, {"hari"})
        following = weekday_of(cursor, behind, led=joined > end or found[-1] == SATURDAY)
        if following is None or (behind == end and cursor.low(end + 1) in ("depan", "ini")):
            break
        found.append(following)
        end = behind + 1
    return Days(end, tuple(found), each=each or len(found) > 1)


def _ahead(said: str, weekday: int, end: int) -> Days:
    return Days(end, next_weekday=weekday) if said in ("next", "depan") else Days(end, this_weekday=weekday)


def _hyphened(word: str) -> tuple[int, ...] | None:
    if word not in HYPHENED:
        return None
    first, _, last = word.partition("-")
    return _range(WEEKDAYS[first], 0 if last == "minggu" else WEEKDAYS[last])


def _range(first: int, last: int) -> tuple[int, ...]:
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


def date_at(cursor: Cursor, place: int) -> Days | None:
    """Return the date that begins at a place, None when none does."""
    start = cursor.skip(cursor.skip(place, {"on"}), {"tanggal", "tgl", "the"})
    token = cursor.at(start)
    if token.kind == "date":
        return _written(token.text, start + 1)
    if (month := MONTHS.get(token.low)) and cursor.at(start + 1).kind == "number":
        day, end = int(cursor.at(start + 1).text), cursor.skip(start + 2, ORDINALS)
    else:
        day_said, end = cursor.number(start)
        end = cursor.skip(cursor.skip(end, ORDINALS), {"of"})
        month = MONTHS.get(cursor.low(end))
        if day_said is None or month is None:
            return None
        day, end = day_said, end + 1
    end = end + 1 if cursor.says(end, ",") and cursor.at(end + 1).kind == "number" else end
    year = cursor.at(end)
    if year.kind == "number" and 2000 <= int(year.text) <= 9999:
        return _dated(int(year.text), month, day, end + 1)
    return _dated(1, month, day, end)


def _written(text: str, end: int) -> Days:
    if iso := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        return _dated(int(iso[1]), int(iso[2]), int(iso[3]), end)
    first, second, year = (int(part) for part in text.split("/"))
    if first <= 12 and second <= 12 and first != second:
        choices = (f"{year:04}-{second:02}-{first:02}", f"{year:04}-{first:02}-{second:02}")
        return Days(end, questions=(ask("which_date", *choices, said=text),))
    day, month = (first, second) if second <= 12 else (second, first)
    return _dated(year, month, day, end)


def _dated(year: int, month: int, day: int, end: int) -> Days:
    try:
        return Days(end, date=date(4 if year == 1 and (month, day) == (2, 29) else year, month, day))
    except ValueError:
        return Days(
            end, questions=(ask("no_such_date", said=f"{day}/{month}/{year}" if year > 1 else f"{day}/{month}"),)
        )


def _of_month(cursor: Cursor, place: int) -> Days | None:
    """'tiap tanggal 1 dan 15', 'tanggal 1 setiap bulan', 'on the 15th of every month', 'awal bulan'."""
    every = cursor.skip(place, EVERY)
    if cursor.says(every, "awal", "bulan"):
        return Days(every + 2, days=(1,))
    led = cursor.skip(every, {"tanggal", "tgl"})
    start = led if led > every else cursor.skip(cursor.skip(every, {"on"}), {"the"})
    day, end = cursor.number(start)
    if (word := ORDINAL_WORDS.get(cursor.low(start))) and _each_month(cursor, start + 1)[0]:
        return Days(_each_month(cursor, start + 1)[1], days=(word,))
    ordinal = cursor.skip(end, ORDINALS)
    if day is None or (led == every and ordinal == end):
        return None
    days, last = _more_days(cursor, [day], ordinal, led > every)
    if cursor.low(last) in MONTHS:
        return None  # 'tiap tanggal 17 agustus' is a date of each year
    monthly, behind = _each_month(cursor, last)
    if wrong := next((day for day in days if not 1 <= day <= 31), None):
        return Days(behind, questions=(ask("no_such_day", said=wrong),))
    if not monthly and every == place and len(days) == 1 and not _months_around(cursor):
        return Days(behind, questions=(ask("once_or_monthly", f"tiap tanggal {day}", said=day),))
    return Days(behind, days=tuple(days))


def _more_days(cursor: Cursor, days: list[int], end: int, bare: bool) -> tuple[list[int], int]:
    """Read what follows a day of the month: 'dan 15', ', 10 dan 20', 'and the 15th'. `bare` numbers are days behind 'tanggal'."""
    while cursor.low(end) in JOINS:
        start = end + 1 + (cursor.low(end + 1) in JOINS)
        start = cursor.skip(cursor.skip(start, {"the"}), {"tanggal", "tgl"})
        day, behind = cursor.number(start)
        ordinal = cursor.skip(behind, ORDINALS)
        if (
            day is None
            or (ordinal == behind and not bare)
            or cursor.low(ordinal) in UNIT_SEC.keys() - AT | MONTHS.keys()
        ):
            break
        days, end = [*days, day], ordinal
    return days, end


def _each_month(cursor: Cursor, place: int) -> tuple[bool, int]:
    start = cursor.skip(place, {"of"})
    each = cursor.skip(start, EVERY | {"the"})
    if cursor.low(each) in MONTH_UNITS and each > start:
        return True, each + 1
    return False, place


def _months_around(cursor: Cursor) -> bool:
    """Say whether the clause speaks of months: 'tiap bulan tanggal 5', 'monthly on the 1st'."""
    return not cursor.words.isdisjoint(SPANS_OF_MONTHS)
