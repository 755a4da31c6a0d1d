"""What one claim of a run writes to the run's log, in memory until it is brought to the store.

A handler never waits for its log: writing only fills a buffer, and what finds no room is counted and forgotten. Known
secrets are hidden before the text becomes lines; what may be the beginning of one waits for what follows.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime

from runners.engine.known_secrets import KNOWN
from runners.engine.log_line import LONGEST, PLATFORM, Stream, log_line
from runners.engine.redactor import Redacted

BUFFER_BYTES = 1024 * 1024
PART_BYTES = 256 * 1024
_BREAK = re.compile(r"\r\n|\n|\r(?!\Z)")


class RunLog:
    """Whole lines that wait, and per stream a line that has not ended. Any thread may write; one at a time takes."""

    def __init__(self, attempt: int, worker_id: str, now: Callable[[], datetime]) -> None:
        self._attempt = attempt
        self._now = now
        self._lock = threading.Lock()
        self._lines: deque[bytes] = deque()
        self._unended: dict[Stream, str] = {}
        self._redacted: dict[Stream, Redacted] = {}
        self._bytes = 0
        self._missing = 0
        self._closed = False
        self._is_cut = False
        self._has_summed = False
        self._add(PLATFORM, f"attempt {attempt} on {worker_id}")

    @property
    def waits(self) -> bool:
        """True while whole lines wait to be brought, or the last one: how much is missing."""
        return self._bytes > 0 or self._owes_sum

    def write(self, stream: Stream, text: str) -> None:
        """Take the next piece of a stream; a line is kept when it ends. Nothing is taken after `close`."""
        with self._lock:
            if self._closed:
                return
            if self._is_cut or self._bytes >= BUFFER_BYTES:
                self._missing += len(text)
                return
            self._tell_missing()
            self._take(stream, self._redacted.setdefault(stream, Redacted()).write(KNOWN.redactor, text))

    def close(self) -> None:
        """End the lines that have not ended, say what is missing, and take no more."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            for stream, redacted in self._redacted.items():
                self._take(stream, redacted.end(KNOWN.redactor))
            for stream, line in self._unended.items():
                self._add_long(stream, line.removesuffix("\r"))
            self._unended.clear()

    def cut(self) -> None:
        """Keep no more: the log has no room. What comes is counted."""
        with self._lock:
            self._is_cut = True
            self._missing += self._bytes + sum(map(len, self._unended.values()))
            self._lines.clear()
            self._unended.clear()
            self._bytes = 0

    def remark(self, text: str) -> bytes:
        """Return a line of the platform's own, for now."""
        return log_line(self._now(), self._attempt, PLATFORM, text).encode()

    def lose(self, size: int) -> None:
        """Note that `size` bytes which were written could not be kept."""
        with self._lock:
            self._missing += size

    def take(self) -> bytes:
        """Return the next whole lines, about `PART_BYTES` of them, and hold them no longer; b'' when none waits."""
        with self._lock:
            if not self._lines and self._owes_sum:
                self._has_summed = True  # once: a store that is full would ask for it for ever
                self._tell_missing()
            part: list[bytes] = []
            size = 0
            while self._lines and size < PART_BYTES:
                part.append(self._lines.popleft())
                size += len(part[-1])
            self._bytes -= size
            return b"".join(part)

    def give_back(self, part: bytes) -> None:
        """Put back, in front, what was taken and could not be brought."""
        with self._lock:
            self._lines.appendleft(part)
            self._bytes += len(part)

    @property
    def _owes_sum(self) -> bool:
        return self._closed and self._missing > 0 and not self._has_summed

    def _take(self, stream: Stream, text: str) -> None:
        """Make lines of what a stream shows next; the last one may not have ended."""
        *ended, rest = _BREAK.split(self._unended.pop(stream, "") + text)
        for line in ended:
            self._add_long(stream, line)
        whole = len(rest) // LONGEST * LONGEST
        if whole:
            self._add_long(stream, rest[:whole])
        if rest[whole:]:
            self._unended[stream] = rest[whole:]

    def _tell_missing(self) -> None:
        if self._missing:
            self._add(PLATFORM, f"{self._missing} bytes are missing here")
            self._missing = 0

    def _add_long(self, stream: str, line: str) -> None:
        for start in range(0, max(1, len(line)), LONGEST):
            self._add(stream, line[start : start + LONGEST])

    def _add(self, stream: str, text: str) -> None:
        line = log_line(self._now(), self._attempt, stream, text).encode()
        self._lines.append(line)
        self._bytes += len(line)
