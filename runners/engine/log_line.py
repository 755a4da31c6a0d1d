"""One line of a run's log as text: when, of which attempt, of which stream, and words that can do no harm.

    2026-11-27T13:41:14.123Z #0 stdout | 42 files copied

A line stands for itself: whoever reads a log from its middle still knows all four.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from runners.engine.clock import rfc3339

Stream = Literal["log", "stdout", "stderr"]
PLATFORM = "run"
"""The stream of the platform's own remarks: an attempt begins, something is missing."""
LONGEST = 4 * 1024
"""Characters of one line; a longer one is carried on in the next."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*[mK]")
# controls but the tab; what separates lines elsewhere; what turns the direction of reading; half characters
_HARMFUL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_LINE = re.compile(r"(\S+) #(\d+) (\w+) *\| (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line as it is read back; `at` is RFC 3339."""

    at: str
    attempt: int
    stream: str
    text: str


def log_line(at: datetime, attempt: int, stream: str, text: str) -> str:
    """Return the line, with its end. `text` is one line of anything."""
    return f"{rfc3339(at)} #{attempt} {stream:<6} | {harmless(text)}\n"


def harmless(text: str) -> str:
    """Return `text` without colour codes, and with every character that moves a cursor or misleads the eye spelled out."""
    return _HARMFUL.sub(_spelled, _COLOUR.sub("", text))


def read_line(text: str) -> LogLine | None:
    """Return the line's parts; None for a piece of one."""
    found = _LINE.fullmatch(text)
    return LogLine(found[1], int(found[2]), found[3], found[4]) if found else None


def _spelled(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
