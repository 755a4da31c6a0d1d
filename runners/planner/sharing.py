"""What the clauses of one prompt share: a time that only a neighbour says, guards that are said for all of them. Pure."""

from __future__ import annotations

from itertools import chain

from runners.planner.clause_reading import Reading
from runners.planner.clauses import intents
from runners.planner.controls import Guarding, read_guarding
from runners.planner.cursor import Cursor
from runners.planner.lexicon import ALL_OF_THEM
from runners.planner.notes import note


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


def share_guards(readings: list[Reading]) -> None:
    """'max 2 at once in lane x: backup at 1 and report at 2', 'cek slack dan telegram, keduanya kritis'."""
    if len(readings) < 2:
        return
    shared = [found for reading in readings if (found := _said_ahead(reading) or _said_of_all(reading))]
    inputs = dict(chain.from_iterable(one.inputs.items() for one in shared))
    fields = dict(chain.from_iterable(one.fields.items() for one in shared))
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
