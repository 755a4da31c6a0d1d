"""What failures have in common: the line of an error that says what happened, and the form in which like ones meet. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from runners.engine.run import FailureKind

READ_OF_AN_ERROR = 2_000
LINE_KEPT = 160
TRACEBACK = "Traceback (most recent call last):"
SAYS_NO_MORE = frozenset({FailureKind.LOST, FailureKind.REJECTED, FailureKind.NOT_RESUMED})
"""Kinds whose error only adds who it was: all of one job's are alike."""
OTHERS = "*"
"""The line of the group that takes what is unlike all others, once a job has as many groups as are kept."""

SAME: tuple[tuple[re.Pattern[str], str | None], ...] = (
    # codes stay: 404 and 503 are not alike; then what is whole before its parts
    (re.compile(r"\b(?i:answered|expected|status|code|HTTP|errno|signal) \d{1,3}\b"), None),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"), "<time>"),
    (re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"), "<id>"),
    (re.compile(r"\[[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\](?::\d{1,5})?"), "<address>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b"), "<address>"),
    (re.compile(r"\b0[xX][0-9a-fA-F]+\b"), "<id>"),
    (re.compile(r"\brun_[a-z2-7]{10}_[a-z2-7]{12}\b"), "<id>"),
    (re.compile(r"\b(?=\w*\d\w*\d)(?=\w*[A-Za-z])\w{8,64}\b"), "<id>"),
    (re.compile(r"(?<![A-Za-z_])\d+(?:[.,:]\d+)*"), "<n>"),
)
FRAME = re.compile(r'^\s*File "(?P<file>[^"\n]+)", line (?P<line>\d{1,9}), in (?P<name>[^\n]+)$', re.MULTILINE)
NOT_OWN = ("/site-packages/", "/lib/python", "/runners/", "<frozen ")


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in a program: the file, the line in it, and the function."""

    file: str
    line: int
    name: str


def headline(error: str) -> str:
    """Return the line of an error that says most: the last one of a traceback, the first one otherwise; '' when it is blank."""
    lines = [line.strip() for line in error[-READ_OF_AN_ERROR:].splitlines() if line.strip()]
    if TRACEBACK not in error:
        lines = [line.strip() for line in error[:READ_OF_AN_ERROR].splitlines() if line.strip()][:1]
    return lines[-1] if lines else ""


def like(kind: FailureKind | None, error: str | None) -> str:
    """Return the line under which like failures of a job meet: the headline with numbers, ids and addresses replaced.

    '' when the kind says it all; at most `LINE_KEPT` characters.
    """
    if kind in SAYS_NO_MORE or not error:
        return ""
    line = " ".join(headline(error).encode(errors="replace").decode().split())
    return "".join(_alike(line[: 2 * LINE_KEPT]))[:LINE_KEPT]


def own_frame(traceback: str) -> Frame | None:
    """Return the innermost frame of a traceback that is in the job's own code, not in a library's or ours; None without any."""
    frames = [Frame(found["file"], int(found["line"]), found["name"]) for found in FRAME.finditer(traceback)]
    own = [frame for frame in frames if not any(part in frame.file for part in NOT_OWN)]
    return own[-1] if own else None


def _alike(text: str, level: int = 0) -> Iterator[str]:
    """Yield the parts of `text`, with what tells like errors apart replaced; what a pattern found is not looked at again."""
    if level == len(SAME):
        yield text
        return
    pattern, instead = SAME[level]
    place = 0
    for found in pattern.finditer(text):
        yield from _alike(text[place : found.start()], level + 1)
        yield instead or found[0]
        place = found.end()
    yield from _alike(text[place:], level + 1)
