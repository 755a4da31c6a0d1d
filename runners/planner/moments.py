"""A time of day as people write it: 'jam 07:30', 'pukul 5 sore', 'at 7pm', 'jam setengah 8', 'midnight WIB'."""

from __future__ import annotations

from dataclasses import dataclass, replace

from runners.planner.cursor import Cursor, phrases
from runners.planner.lexicon import AT, PARTS, PAST, TO
from runners.planner.notes import Question, ask
from runners.planner.numerals import NUMBERS
from runners.planner.zones import zone

NAMED = phrases({"tengah malam": 0, "tengah hari": 12, "midnight": 0, "noon": 12, "midday": 12})
PARTS_OF_HOUR = {"quarter": 15, "half": 30, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}
"""Minutes as they are said before an hour: 'quarter past seven', 'ten to eight'."""
HOURS = NUMBERS.keys() | PARTS_OF_HOUR.keys() | {"setengah", "a"}
BEGINNINGS = AT | NUMBERS.keys() | NAMED.keys() | PARTS_OF_HOUR.keys() | {"setengah"}
"""The words that an hour may begin with, and a time, beside numbers."""
PART_BEGINNINGS = PARTS.keys() | {"dini", "in", "at"}
SHIFTED = {"noon": range(1, 6), "afternoon": range(1, 8), "night": range(5, 12)}
"""The hours by which each part of the day means those behind noon."""
MILITARY = 4
"""How many digits have an hour and a minute that are written as one number: '0730'."""
HALF_DAY = 12
BARE = range(1, HALF_DAY)
"""The hours that may be of either half of the day where nothing else is said."""
AS_SAID = {
    "morning": range(12),
    "noon": range(10, 18),
    "afternoon": range(13, 20),
    "night": (*range(1, 5), *range(17, 24)),
    "early": range(6),
}
"""The hours that each part of the day means as they are said."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An hour and a minute; `zone` is the one named behind it, `question` what is unclear about it.

    `parted` says that a part of the day was named with it, `bare` that it is an hour of 1 to 11 and no more.
    """

    hour: int
    minute: int
    zone: str | None = None
    question: Question | None = None
    parted: bool = False
    bare: bool = False


def moment(cursor: Cursor, place: int, *, led: bool = False, hint: str | None = None) -> tuple[Moment | None, int]:
    """Return the time that begins at a place and the place behind it; (None, place) when none does.

    `led` says that a time is expected here, so that a bare number is one. `hint` is the part of the day said before.
    """
    named, end = cursor.phrase(place, NAMED)
    if named is not None:
        return _zoned(cursor, Moment(named, 0), end)
    start = cursor.skip(place, AT)
    if cursor.at(start).kind not in ("number", "clock") and cursor.low(start) not in HOURS:
        return None, place
    led = led or start > place
    if start > place and (before := _before_hour(cursor, cursor.skip(start, {"a"}))):
        part, behind = _part(cursor, before.end)
        return _told(cursor, before, part, hint, cursor.at(start).text, behind)
    half = led and cursor.low(start) in ("setengah", "half")
    read = _clock(cursor, start + half, led)
    if read is None or (not led and not read.sure and not _part(cursor, read.end)[0]):
        return None, place
    if half:
        end = cursor.skip(read.end, {"past"}) if cursor.low(start) == "half" else read.end
        read = _Read((read.hour - 1) % 24, 30, end, read.sure)
    part, behind = _part(cursor, cursor.skip(read.end, {"o'clock"}))
    return _told(cursor, read, part, hint, cursor.at(start).text, behind)


def in_part(read: Moment, part: str) -> Moment:
    """Return a time in the part of the day that is named apart from it: 'at 9 tonight', 'jam 7 besok malam'."""
    if read.parted or read.question or not 1 <= read.hour <= HALF_DAY:
        return read
    found = _of_the_day(read.hour, read.minute, part, str(read.hour))
    return replace(found, zone=read.zone, parted=True)


def _told(cursor: Cursor, read: _Read, part: str | None, hint: str | None, said: str, place: int) -> tuple[Moment, int]:
    """Return what was read in its part of the day and its zone, and the place behind it."""
    found = _of_the_day(read.hour, read.minute, part or hint, said)
    bare = not read.sure and not part and not hint and found.hour in BARE
    return _zoned(cursor, replace(found, parted=bool(part or hint), bare=bare), place)


@dataclass(frozen=True, slots=True)
class _Read:
    hour: int
    minute: int
    end: int
    sure: bool


def _clock(cursor: Cursor, place: int, led: bool) -> _Read | None:
    """Return the hour and minute at a place: '07.30', '7', 'tujuh lewat 5'; '0730' only where a time is expected."""
    token = cursor.at(place)
    if token.kind == "clock":
        hour, minute = token.text.replace(".", ":").split(":")
        return _Read(int(hour), int(minute), place + 1, True)
    if led and token.kind == "number" and len(token.text) == MILITARY:
        return _Read(int(token.text[:2]), int(token.text[2:]), place + 1, True)
    hour_said, end = cursor.number(place)
    if hour_said is None or hour_said > 99:
        return None
    shift = 1 if cursor.low(end) in PAST else -1 if cursor.low(end) in TO else 0
    minutes, behind = cursor.number(end + 1) if shift else (None, end)
    if minutes is None or minutes > 59:
        return _Read(hour_said, 0, end, False)
    behind += cursor.low(behind) in ("menit", "minutes")
    whole = hour_said * 60 + shift * minutes
    return _Read(whole // 60, whole % 60, behind, True)


def _before_hour(cursor: Cursor, place: int) -> _Read | None:
    """'quarter past seven', 'half past 6', 'ten to eight'."""
    minutes = PARTS_OF_HOUR.get(cursor.low(place))
    hour, end = cursor.number(place + 2)
    if minutes is None or hour is None or not 1 <= hour <= 12:
        return None
    if cursor.low(place + 1) == "past":
        return _Read(hour, minutes, end, True)
    if cursor.low(place + 1) == "to" and minutes != 30:
        return _Read(hour - 1, 60 - minutes, end, True)
    return None


def _part(cursor: Cursor, place: int) -> tuple[str | None, int]:
    """Return the part of the day said at a place: 'pagi', 'pm', 'in the evening', 'dini hari'."""
    if cursor.low(place) not in PART_BEGINNINGS:
        return None, place
    if cursor.says(place, "dini", "hari"):
        return "early", place + 2
    start = place + 2 if cursor.says(place, "in", "the") else cursor.skip(place, {"at"})
    part = PARTS.get(cursor.low(start))
    return (part, start + 1) if part else (None, place)


def _of_the_day(hour: int, minute: int, part: str | None, said: str) -> Moment:
    """Return the time that an hour means in a part of the day; with a question where both cannot be true."""
    if hour == 24 and minute == 0 and part is None:
        return Moment(0, 0)
    if hour > 23 or minute > 59:
        return Moment(0, 0, question=ask("no_such_time", said=f"{hour:02}:{minute:02}"))
    if part is None or hour in AS_SAID.get(part, ()):
        return Moment(hour, minute)
    if part in ("am", "pm") and 1 <= hour <= 12:
        return Moment(hour % 12 + 12 * (part == "pm"), minute)
    if part == "night" and hour == 12:
        return Moment(0, minute)
    if hour in SHIFTED.get(part, ()):
        return Moment(hour + 12, minute)
    if hour < 12:
        choices = (f"jam {hour:02}:{minute:02}", f"jam {hour + 12:02}:{minute:02}")
        return Moment(hour, minute, question=ask("which_time", *choices, said=said))
    return Moment(hour, minute, question=ask("no_such_time", said=said))


def _zoned(cursor: Cursor, found: Moment, place: int) -> tuple[Moment, int]:
    named, end = zone(cursor, cursor.skip(place, {","}))
    return (replace(found, zone=named), end) if named else (found, place)
