"""Brings what runs tell while they run (how far they are, and their logs) to the store, twice a second.

A run that tells nothing costs nothing. Its handler never waits for the store; only its end waits for the last lines.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

import structlog
from redis.exceptions import RedisError

from runners.engine.log_line import Stream
from runners.engine.protocol.telling import LOG_BYTES, Part, tell
from runners.engine.store.connection import Store
from runners.repeating import Repeating
from runners.run_log import RunLog

LOG = structlog.get_logger("runners.telling")
TELL_SEC = 0.5
CUT = f"the log is cut here: a run keeps {LOG_BYTES // 1024} KiB, and leaves room for attempts to come"
GAP = "lines are missing from here on: the store is full"
TALKING: dict[tuple[str, int], Telling] = {}
"""The claims of this process that have something to tell."""


class Telling:
    """What one claim of a run tells. Any thread may write; the store is spoken to by one at a time."""

    def __init__(self, store: Store, claim: tuple[str, int], log: Callable[[], RunLog]) -> None:
        """`log` makes the claim's log, when something is first written to it."""
        self._store = store
        self._claim = claim
        self._make_log = log
        self._log: RunLog | None = None
        self._progress = ""
        self._allowed: int | None = None
        self._in_gap = False
        self._is_over = False
        self._lock = threading.Lock()
        self._sending = threading.Lock()

    def write(self, stream: Stream, text: str) -> None:
        """Keep a piece of a stream for the log."""
        with self._lock:
            if self._is_over:
                return
            log = self._log = self._log or self._make_log()
            TALKING[self._claim] = self
        log.write(stream, text)

    def leave_out(self, size: int) -> None:
        """Count `size` as written and missing in the log."""
        with self._lock:
            if self._log and not self._is_over:
                self._log.lose(size)

    def progress(self, progress: str) -> None:
        """Keep how far the run is (JSON); the newest counts."""
        with self._lock:
            if not self._is_over:
                self._progress = progress
                TALKING[self._claim] = self

    def close(self) -> None:
        """Take no more; what waits is still brought."""
        with self._lock:
            self._is_over = True
            if self._log:
                self._log.close()

    def end(self) -> None:
        """Take no more, and bring what waits; a store that is away gets it later."""
        self.close()
        try:
            self.bring()
        except RedisError as error:
            LOG.warning("log.delayed", run_id=self._claim[0], error=str(error))

    def bring(self) -> None:
        """Bring what waits to the store. Raises RedisError; what could not be brought waits on."""
        with self._sending:
            while (progress := self._take_progress()) or (self._log and self._log.waits):
                self._send(progress, self._log.take() if self._log else b"")
            if self._is_over:
                TALKING.pop(self._claim, None)

    def _take_progress(self) -> str:
        with self._lock:
            progress, self._progress = self._progress, ""
        return progress

    def _send(self, progress: str, lines: bytes) -> None:
        part = Part(lines, self._remark(CUT), b"" if self._in_gap else self._remark(GAP), self._allowed)
        try:
            told = tell(self._store, *self._claim, progress, part)
        except RedisError:
            self._give_back(progress, lines)
            raise
        self._allowed = told.allowed if lines else self._allowed
        self._in_gap = told.word == "full"
        if self._log and told.lost:
            self._log.lose(told.lost)
        if told.word == "stale":
            self._forget()
        elif told.word == "cut" and self._log:
            self._log.cut()
            self._allowed = LOG_BYTES  # only the remark on what is missing may follow

    def _give_back(self, progress: str, lines: bytes) -> None:
        with self._lock:
            self._progress = self._progress or progress
        if self._log and lines:
            self._log.give_back(lines)

    def _remark(self, text: str) -> bytes:
        return self._log.remark(text) if self._log else b""

    def _forget(self) -> None:
        """The run is somebody else's now."""
        with self._lock:
            self._is_over, self._log = True, None


class Teller(Repeating):
    """Brings what all runs of this process tell while the block runs, and once more after it."""

    every_sec = TELL_SEC

    def __init__(self) -> None:
        super().__init__("teller")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self.step()

    def step(self) -> None:
        """Bring what all claims have to tell; one that cannot be brought holds up no other."""
        for telling in list(TALKING.values()):
            try:
                telling.bring()
            except RedisError as error:
                LOG.warning("log.delayed", error=str(error))
