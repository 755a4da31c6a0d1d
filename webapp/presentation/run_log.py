"""A stretch of a run's log for people: its lines in their parts, where it begins, and where to read on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from runners.engine.log_line import PLATFORM, read_line
from runners.engine.operations import LogPart


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line; `at` is RFC 3339 and '' for a piece of a line, `stream` is '' for the platform's own remarks."""

    at: str
    stream: str
    text: str

    @property
    def clock(self) -> str:
        """The time of day, with milliseconds."""
        return self.at[11:23]


@dataclass(frozen=True, slots=True)
class ShownLog:
    """Lines from the offset `start` to `next`, of `size` bytes; no more will come once it `has_ended` at `next`."""

    lines: tuple[ShownLine, ...]
    start: int
    next: int
    size: int
    is_live: bool

    @property
    def is_last(self) -> bool:
        """True when nothing follows: all is shown, and the run writes no more."""
        return self.next >= self.size and not self.is_live


def shown_log(part: LogPart, *, from_line: bool) -> ShownLog:
    """Return the whole lines of `part`; unless it begins `from_line`, what is left of its first one is left out."""
    text, start = part.whole_lines, part.start
    if start and not from_line:
        skipped = text.find(b"\n") + 1
        text, start = text[skipped:], start + skipped
    lines = text.decode(errors="replace").removesuffix("\n").split("\n") if text else ()
    return ShownLog(tuple(map(_shown, lines)), start, start + len(text), part.size, not part.has_ended)


def having(log: ShownLog, text: str, most: int) -> tuple[int, ShownLog]:
    """Return how many lines have `text`, in any case, and a log of the last `most` of them, from which nothing follows."""
    wanted = text.casefold()
    found = [line for line in log.lines if wanted in line.text.casefold()]
    return len(found), replace(log, lines=tuple(found[-most:]), is_live=False, next=log.size)


def _shown(text: str) -> ShownLine:
    line = read_line(text)
    if line is None:
        return ShownLine("", "log", text)
    if line.stream != PLATFORM:
        return ShownLine(line.at, line.stream, line.text)
    # attempts are counted from 0 for programs, and from 1 for people
    return ShownLine(line.at, "", line.text.replace(f"attempt {line.attempt} on", f"attempt {line.attempt + 1} on", 1))
