"""What the clauses of one prompt share: a time that only a neighbour says, guards that are said for all of them. Pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from runners.planner.clause_reading import Reading
from runners.planner.clauses import intents
from runners.planner.controls import Guarding, read_guarding
from runners.planner.cursor import Cursor
from runners.planner.lexicon import ALL_OF_THEM
from runners.planner.notes import ask, note
from runners.planner.occasions import read_timing
from runners.planner.timing import Timing

DAYS = ("weekdays", "each_weekday", "excepted", "days", "date", "ahead", "next_weekday", "this_weekday", "daily")
"""The fields of a timing that say on which days."""


def share_times(readings: list[Reading]) -> None:
    """'laporan dan backup jam 01:30': what has no time of its own goes when its neighbour goes, and says so."""
    for here, there in [
        *zip(readings[-2::-1], readings[:0:-1], strict=True),
        *zip(readings[1:], readings, strict=False),
    ]:
        if not here.timing.said and there.timing.said:
            here.timing = there.timing
            own = note("shared_time", clause=there.clause.text)
            here.assumptions.append(next((one for one in there.assumptions if one.name == own.name), own))


def share_days(readings: list[Reading]) -> None:
    """'every monday: backup at 03:00, report at 08:00': the day that is said first is that of all that name a time and no day."""
    if len(readings) < 2 or not (ahead := _days_ahead(readings[0])):
        return
    for reading in readings[1:]:
        own = reading.timing
        if own.moments and own.says_only("moments", "time_insisted"):
            reading.timing = replace(own, **{name: getattr(ahead, name) for name in DAYS})


def _days_ahead(reading: Reading) -> Timing | None:
    """Return the timing that stands before the first colon or comma, and before what is asked for, where it names days and no time."""
    tokens = reading.clause.tokens
    end = next((place for place, token in enumerate(tokens) if token.kind == "mark" and token.text in ":,"), 0)
    if not end or intents(tokens[:end]):
        return None
    said = read_timing(Cursor(tokens[:end]))
    return said if said.said and said.says_only(*DAYS) and not said.daily else None


def share_guards(readings: list[Reading]) -> None:
    """'max 2 at once in lane x: backup at 1 and report at 2', 'cek slack dan telegram, keduanya kritis'."""
    if len(readings) < 2:
        return
    shared = [found for reading in readings if (found := _said_ahead(reading) or _said_of_all(reading))]
    inputs = dict(chain.from_iterable(one.inputs.items() for one in shared))
    fields = dict(chain.from_iterable(one.fields.items() for one in shared))
    if any(one.one_at_once for one in shared) and "flow_group" not in inputs:
        readings[0].guarding.questions.append(ask("which_group", count=1))
    for reading in readings:
        reading.guarding.inputs = inputs | reading.guarding.inputs
        reading.guarding.fields = fields | reading.guarding.fields


def _said_ahead(reading: Reading) -> Guarding | None:
    """Return the guards that stand before a colon and what is asked for."""
    tokens = reading.clause.tokens
    colon = next((place for place, token in enumerate(tokens) if token.kind == "mark" and token.text == ":"), 0)
    if not colon or intents(tokens[:colon]):
        return None
    return read_guarding(Cursor(tokens[:colon]))


def _said_of_all(reading: Reading) -> Guarding | None:
    """Return the guards that a word for all of them stands before, and take that word."""
    cursor = reading.cursor
    for place, token in enumerate(cursor.tokens[:-1]):
        if token.low in ALL_OF_THEM and place + 1 in cursor.taken - reading.timed:
            cursor.take(place, place + 1)
            return read_guarding(Cursor(cursor.tokens[place + 1 :]))
    return None
