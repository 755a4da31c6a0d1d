"""Reads what a clause says of when: days, times, windows, dates, and by `frequency` how often."""

from __future__ import annotations

from dataclasses import replace

from runners.engine.schedule.cron_times import ALIASES
from runners.planner import days as day_words
from runners.planner import halves
from runners.planner.cursor import Cursor, Rule, phrases, scan
from runners.planner.frequency import adverb, counted, eve, every
from runners.planner.lexicon import (
    ADVERBS,
    AT,
    DAYS_AHEAD,
    EVERY,
    FROM,
    JOINS,
    MONTHLY,
    NEGATIONS,
    NOW,
    ONCE,
    PARTS,
    SE_MONTHS,
    SE_UNITS,
    SPAN_ADVERBS,
    TWICE,
    UNIT_SEC,
    UNTIL,
    WEEKDAYS,
    YEARLY,
    words,
)
from runners.planner.moments import BEGINNINGS, moment
from runners.planner.notes import ask
from runners.planner.numerals import NUMBERS
from runners.planner.timing import Timing

EXCEPT = words("kecuali selain except")
STARTS = words("mulai starting sejak beginning")
LEADS = words("di pada selama dalam in during within")
BUSINESS = phrases(
    dict.fromkeys(
        ("jam kerja", "jam kantor", "business hours", "working hours", "office hours", "work hours", "jam operasional"),
        True,
    )
)
HALVES_AHEAD = words("in dalam setengah half a an")
TIMES_LOOKED_AT = 12
"""How many times before a time it may say again; nobody writes as many, and reading stays linear."""
AFTER_TOMORROW = phrases(dict.fromkeys(("the day after tomorrow", "day after tomorrow"), True))


def read_timing(cursor: Cursor) -> Timing:
    """Read what the clause says of when, and take it."""
    found = Timing()
    scan(cursor, RULES, found)
    return found


def _cron(cursor: Cursor, place: int, found: Timing) -> int:
    if cursor.low(place) == "@" and (named := f"@{cursor.low(place + 1)}") in ALIASES:
        found.settle("cron", named)
        return place + 2
    if cursor.low(place) != "cron":
        return place
    if cursor.at(place + 1).kind == "quote":
        found.settle("cron", cursor.at(place + 1).text.strip())
        return place + 2
    fields = [cursor.at(place + step).text for step in range(1, 6)]
    if all(text and set(text) <= set("0123456789*/,-") for text in fields):
        found.settle("cron", " ".join(fields))
        return place + 6
    return place


def _business(cursor: Cursor, place: int, found: Timing) -> int:
    """'di jam kerja', 'during business hours', 'setiap jam kantor': which hours these are is asked."""
    said, end = cursor.phrase(cursor.skip(cursor.skip(place, EVERY | LEADS), {"the"}), BUSINESS)
    if not said:
        return place
    found.business = True
    return end


def _start(cursor: Cursor, place: int, found: Timing) -> int:
    """'mulai besok', 'starting on monday', 'mulai sekarang': from when on, which is no part of a recurring schedule."""
    if cursor.low(place + 1) in NOW:
        found.start = None
        return place + 2
    begun = Timing()
    end = _ahead(cursor, place + 1, begun)
    end = end if end > place + 1 else _days(cursor, place + 1, begun)
    if end <= place + 1:
        return place
    found.start = begun
    return end


def _except(cursor: Cursor, place: int, found: Timing) -> int:
    """'kecuali hari minggu', 'except weekends', 'but not on sundays': all other days, or those of the days that are said."""
    start = cursor.skip(place, {"but", "tapi"})
    if cursor.low(start) not in EXCEPT | NEGATIONS:
        return place
    read = day_words.read(cursor, cursor.skip(start + 1, {"on", "for", "pada", "di"}), expected=True)
    if read is None or not read.weekdays:
        return place
    found.excepted += read.weekdays
    found.timed_before_except = bool(found.moments)
    return read.end


def _part_ahead(cursor: Cursor, place: int, found: Timing) -> int:
    """'malam jam 7': the part of the day before its time."""
    if (end := eve(cursor, place, found)) > place:
        return end
    if cursor.low(place + 1) not in AT:
        return place
    found.part = PARTS[cursor.low(place)]
    return place + 1


def _ahead(cursor: Cursor, place: int, found: Timing) -> int:
    """'besok', 'lusa', 'hari ini', 'nanti malam', 'this evening', 'tonight'."""
    if cursor.says(place, "hari", "ini"):
        found.settle("ahead", 0)
        return place + 2
    if part := _part_of_today(cursor, place):
        found.settle("ahead", 0)
        found.be_in(part)
        return place + 2
    after, end = cursor.phrase(place, AFTER_TOMORROW)
    if after:
        found.settle("ahead", 2)
        return end
    if cursor.low(place) not in DAYS_AHEAD:
        return place
    found.settle("ahead", DAYS_AHEAD[cursor.low(place)])
    if cursor.low(place) == "tonight":
        found.be_in("night")
    if (part := PARTS.get(cursor.low(place + 1))) and cursor.low(place + 2) not in WEEKDAYS:
        found.be_in(part)
        return place + 2
    return place + 1


def _part_of_today(cursor: Cursor, place: int) -> str | None:
    """Return the part of the day of 'nanti malam', 'malam ini', 'this evening'."""
    if cursor.low(place) in ("nanti", "this"):
        return PARTS.get(cursor.low(place + 1))
    return PARTS.get(cursor.low(place)) if cursor.low(place + 1) == "ini" else None


def _window(cursor: Cursor, place: int, found: Timing) -> int:
    """'dari jam 8 sampai jam 17', 'between 8:00 and 17:00', 'jam 8 sampai 17'."""
    led = cursor.skip(cursor.skip(place, day_words.ONLY), FROM)
    first, middle = moment(cursor, led, led=led > place)
    if first is None or not (cursor.low(middle) in UNTIL or (led > place and cursor.low(middle) in ("dan", "and"))):
        return place
    last, end = moment(cursor, middle + 1, led=True)
    if last is None:
        return place
    found.settle("window", (first, last))
    return end


def _moment(cursor: Cursor, place: int, found: Timing) -> int:
    before = place - 1
    while before > place - 3 and before > 0 and cursor.low(before) in JOINS:
        before -= 1
    led = bool(found.moments) and before in cursor.taken and before < place - 1
    led = led and UNIT_SEC.get(cursor.low(place + 1)) is None
    read, end = moment(cursor, place, led=led, hint=found.part)
    if read is None:
        return place
    if found.timed_before_except:
        found.questions.append(ask("days_apart"))
    again = [said for said in found.moments[-TIMES_LOOKED_AT:] if halves.answers(read, said)]
    if again and cursor.tokens[place - 1].low not in JOINS:
        found.moments = [said for said in found.moments if said not in again]
        found.time_insisted, read = True, replace(read, zone=read.zone or again[0].zone)
    found.moments.append(read)
    return end


def _days(cursor: Cursor, place: int, found: Timing) -> int:
    start = cursor.skip(place, day_words.ONLY)
    read = day_words.read(cursor, start)
    if read is None or (start > place and not read.weekdays):
        return place
    if found.moments and found.weekdays and read.weekdays:
        found.questions.append(ask("days_apart"))
    found.each_weekday |= read.each or bool(found.weekdays and read.weekdays)
    found.weekdays = tuple(dict.fromkeys((*found.weekdays, *read.weekdays)))
    found.days = tuple(dict.fromkeys((*found.days, *read.days)))
    if read.date:
        found.settle("date", read.date)
    for name in ("next_weekday", "this_weekday"):
        if (weekday := getattr(read, name)) is not None:
            found.settle(name, weekday)
    found.questions += read.questions
    return read.end


RULES: tuple[Rule[Timing], ...] = (
    Rule(_cron, {"cron", "@"}),
    Rule(_start, STARTS),
    Rule(_business, EVERY | LEADS | BUSINESS.keys()),
    Rule(_except, EXCEPT | NEGATIONS | {"but", "tapi"}),
    Rule(_days, day_words.BEGINNINGS, ("number", "date")),
    Rule(every, EVERY),
    Rule(
        counted, SE_UNITS.keys() | SE_MONTHS.keys() | ONCE | TWICE.keys() | NUMBERS.keys() | HALVES_AHEAD, ("number",)
    ),
    Rule(_window, FROM | BEGINNINGS | day_words.ONLY, ("number", "clock")),
    Rule(_ahead, DAYS_AHEAD.keys() | AFTER_TOMORROW.keys() | PARTS.keys() | {"hari", "nanti", "this"}),
    Rule(_part_ahead, PARTS.keys()),
    Rule(adverb, MONTHLY | YEARLY | ADVERBS.keys() | SPAN_ADVERBS.keys() | NOW | {"right"}),
    Rule(_moment, BEGINNINGS, ("number", "clock")),
)
