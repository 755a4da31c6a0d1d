"""One clause while it is read: its words, and what the readers of guards and times made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from runners.planner.clauses import Clause
from runners.planner.controls import Guarding
from runners.planner.cursor import Cursor
from runners.planner.leftovers import left
from runners.planner.lexicon import CHANNELS
from runners.planner.notes import Note
from runners.planner.timing import Timing


@dataclass(frozen=True, slots=True)
class Asked:
    """What a prompt is understood with: its zone, now, and the channel and account meant where none is named."""

    zone: str
    now: datetime
    channel: str = "telegram"
    account_id: str | None = None


@dataclass
class Reading:
    """What was made of one clause; `timed` are the places of its words about time, `assumptions` what its plan must say."""

    clause: Clause
    cursor: Cursor
    guarding: Guarding
    timing: Timing
    timed: frozenset[int]
    assumptions: list[Note] = field(default_factory=list)


def channels(reading: Reading) -> tuple[str, ...]:
    """Return the channels that a clause names, each once."""
    named = [CHANNELS[token.low] for token in reading.clause.tokens if token.kind == "word" and token.low in CHANNELS]
    return tuple(dict.fromkeys(named or ([CHANNELS[reading.clause.channel]] if reading.clause.channel else [])))


def left_out(reading: Reading) -> str:
    """Return the words of a clause that nothing was made of, as they stand in it."""
    return " ".join(reading.clause.tokens[place].text for place in left(reading.cursor))
