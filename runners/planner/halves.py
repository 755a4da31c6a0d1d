"""Which half of the day a bare hour means, where the times beside it make that a question: 'at 9 and 5', 'at 7 and 9pm'. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runners.planner.moments import HALF_DAY, Moment
from runners.planner.notes import Question, ask


def answers(read: Moment, said: Moment) -> bool:
    """Say whether a time says an earlier one again: the same, or one half of the day of one that was unclear."""
    if (read.hour, read.minute) == (said.hour, said.minute):
        return True
    unclear = said.bare or said.question is not None
    return unclear and (read.hour % HALF_DAY, read.minute) == (said.hour % HALF_DAY, said.minute)


def unclear(moments: Sequence[Moment]) -> Iterator[Question]:
    """Ask of each bare hour that goes back behind the one before it, or stands beside one whose part of the day is said.

    Whoever writes an hour of 13 or more counts to 24, and means each hour as it stands.
    """
    if any(read.hour > HALF_DAY and not read.parted for read in moments):
        return
    parted = any(read.parted for read in moments)
    for place, read in enumerate(moments):
        if read.bare and (parted or (place and read.hour <= moments[place - 1].hour)):
            yield which_half(read, _said(read), _said(read, HALF_DAY))


def unclear_window(first: Moment, last: Moment) -> Iterator[Question]:
    """Ask of 'from 1 to 5pm' whether 1 is in the night: both halves come before the end."""
    if first.bare and last.parted and first.hour + HALF_DAY < last.hour:
        yield which_half(first)


def which_half(read: Moment, *choices: str) -> Question:
    """Return the question which half of the day a time is in."""
    return ask("which_time", *choices, said=read.hour)


def _said(read: Moment, later: int = 0) -> str:
    return f"pukul {read.hour + later:02}:{read.minute:02}"
