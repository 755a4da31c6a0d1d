"""A pause: what keeps slots from becoming runs until somebody resumes it; pure, and how the store writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from runners.engine import clock

EVERYTHING = "everything"
JOB = "job"
RQ = "rq suspend"
"""Who paused everything when it was done with the stock command, which leaves no name."""


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause in force.

    `blocker` is `everything`, `queue:PRIORITY`, `flow:NAME`, `drain:WORKER`, `stop:WORKER`, or `job` for the job that is looked at.
    `since` is None when nobody wrote it down; `until` is None unless the pause ends by itself.
    """

    blocker: str
    since: datetime | None
    by: str
    until: datetime | None = None


def encode(pause: Pause) -> str:
    """Return 'since in ms|by', as the scripts write it."""
    return f"{clock.to_ms(pause.since) if pause.since else ''}|{pause.by}"


def decode(blocker: str, text: str | None, until: datetime | None = None) -> Pause | None:
    """Return the pause that the store's text says, None when there is none; `rq suspend` writes a bare '1'.

    Whatever the text is, it pauses: one whose time cannot be read has none.
    """
    if not text:
        return None
    since, separator, by = text.partition("|")
    if not separator:
        return Pause(blocker, None, RQ, until)
    return Pause(blocker, _moment(since), by, until)


def _moment(text: str) -> datetime | None:
    try:
        return clock.from_ms(int(text)) if text.isascii() and text.isdecimal() else None
    except ValueError:
        return None
