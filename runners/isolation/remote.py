"""A handler's context inside its own process: the same `handler.Context`, with the worker at the other end of a socket."""

from __future__ import annotations

import math
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runners.engine.ask import Granted, OnExpiry, read_granted
from runners.engine.errors import MultijobError
from runners.engine.grant import extended
from runners.engine.handler import Cancelled, HandlerFailed, Interrupted, TimedOut
from runners.engine.known_secrets import hidden
from runners.engine.log_line import Stream
from runners.engine.progress import as_progress
from runners.engine.settings import Settings, read
from runners.isolation.frames import Frame, Frames, encode, receive
from runners.questions import granted_or_asked

if TYPE_CHECKING:
    from runners.engine.platform import Platform

PROGRESS_EVERY_SEC = 0.05
LOG_KEPT = 1024 * 1024
"""Characters that a handler may write to its run's log; no log keeps more."""
PIECE = 64 * 1024
REASONS: dict[str, type[Interrupted]] = {"TimedOut": TimedOut, "Cancelled": Cancelled}
"""Why the worker stops a run, by the name that it sends; for any other reason `Interrupted` itself is raised."""


class Channel:
    """The socket to the worker, for whichever thread of the handler speaks.

    `stop` is why the worker said to stop, None if it did not; while `busy`, an interruption would tear a frame apart.
    """

    def __init__(self, worker: socket.socket) -> None:
        self.worker = worker
        self.stop: type[Interrupted] | None = None
        self.busy = False
        self._frames = Frames()
        self._lock = threading.RLock()
        self._inbox: list[Frame] = []

    def send(self, frame: Frame) -> None:
        """Send one frame. A worker that is gone ends this process."""
        try:
            with self._alone():
                self.worker.sendall(encode(frame))
        except OSError:
            os._exit(1)

    def next(self) -> Frame:
        """Wait for the next frame that is no word to stop; this process ends when the worker has gone."""
        while not self._inbox:
            self.listen(None)
        return self._inbox.pop(0)

    def listen(self, seconds: float | None) -> None:
        """Take what arrives within `seconds`, None for any time; returns at the first of it."""
        if not select.select([self.worker], [], [], seconds)[0]:
            return
        with self._alone():
            if not select.select([self.worker], [], [], 0)[0]:
                return  # another thread was here first
            frames = receive(self.worker, self._frames)
            if frames is None:
                os._exit(1)
            for frame in frames:
                if "stop" in frame:
                    self.stop = REASONS.get(frame["stop"], Interrupted)
                else:
                    self._inbox.append(frame)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._lock:
            was, self.busy = self.busy, True
            try:
                yield
            finally:
                self.busy = was


class RemoteContext:
    """`handler.Context` of one run; times come from the frame that began it, the deadline runs from `begin`."""

    def __init__(self, channel: Channel, run: Frame) -> None:
        self.run_id: str = run["run_id"]
        self.job_id: str = run["job_id"]
        self.attempt: int = run["attempt"]
        self.redelivered: bool = run["redelivered"]
        self.slot_at: datetime | None = datetime.fromisoformat(run["slot_at"]) if run["slot_at"] else None
        self.scheduled_at = datetime.fromisoformat(run["scheduled_at"])
        self.started_at = datetime.fromisoformat(run["started_at"])
        self.idempotency_key = self.run_id
        self.claim: tuple[str, int] = (self.run_id, run["token"])
        self.grants: list[tuple[str, str]] = run["grants"]
        self.granted: tuple[Granted, ...] = read_granted(run["granted"])
        self.listened = False
        self._timeout_sec: float = run["timeout_ms"] / 1000
        self._deadline = 0.0
        self._channel = channel
        self._memory_mode: bool = run["memory_mode"]
        self._origins: dict[str, list[str]] = run["origins"]
        self._unsent: dict[str, Any] | None = None
        self._refusal = ""
        self._shown_at = -math.inf
        self._log_left = LOG_KEPT
        self._left_out = 0

    def begin(self) -> None:
        """Start the clock."""
        self._deadline = time.monotonic() + self._timeout_sec

    @cached_property
    def settings(self) -> Settings:
        """The settings, from the environment that the worker has too, but for secrets that no handler needs, and the job's grants."""
        return extended(read(os.environ), self.grants)

    @cached_property
    def platform(self) -> Platform:
        """The platform on connections of this process's own, opened when it is first asked for."""
        if self._memory_mode:
            raise MultijobError(
                "memory mode: the store is inside the worker's process; state isolation='thread' to reach it"
            )
        # most handlers ask for no platform, and this brings along all that a worker has
        from runners.start import open_process

        return open_process(os.environ)

    @property
    def approval(self) -> Granted | None:
        """What people agreed to last in this run, None when nobody was asked."""
        return self.granted[-1] if self.granted else None

    def require_approval(
        self,
        summary: str,
        requests: Sequence[Any] = (),
        expires_sec: int | None = None,
        on_expiry: OnExpiry = "reject",
        grants: Sequence[tuple[str, str]] = (),
    ) -> Granted:
        """Return what people granted for exactly this, or raise ApprovalNeeded. Raises ValueError."""
        return granted_or_asked(self.granted, summary, requests, expires_sec, on_expiry, grants)

    def remaining(self) -> timedelta:
        """Return the time left before the deadline, never negative."""
        return timedelta(seconds=max(0.0, self._deadline - time.monotonic()))

    def cancelled(self) -> bool:
        """Say whether the worker told this run to stop, for whatever reason."""
        self._channel.listen(0)
        self._show_late()
        return self._channel.stop is not None

    def check(self) -> None:
        """Raise what the run was told to stop for, or TimedOut past the deadline."""
        stopped = self.cancelled()
        if not stopped and time.monotonic() < self._deadline:
            return
        self.listened = True
        raise (self._channel.stop or TimedOut)()

    def sleep(self, seconds: float) -> None:
        """Wait; raises as `check` does, as soon as there is a reason."""
        until = min(time.monotonic() + max(0.0, seconds), self._deadline)
        while not self.cancelled() and (left := until - time.monotonic()) > 0:
            self._channel.listen(left)
        self.check()

    def log(self, text: str) -> None:
        """Append a line to the run's log."""
        self.write("log", f"{text}\n")

    def write(self, stream: Stream, text: str) -> None:
        """Append a piece of what a program of the run prints to the run's log; what is past `LOG_KEPT` is only counted."""
        kept = text[: self._log_left]
        self._log_left -= len(kept)
        for start in range(0, len(kept), PIECE):
            self._channel.send({"write": [stream, kept[start : start + PIECE]]})
        self._left_out += len(text) - len(kept)
        if self._left_out >= LOG_KEPT:
            self._tell_left_out()

    def may_send(self, url: str) -> None:
        """Raise HandlerFailed when a secret of this run belongs elsewhere than to `url`."""
        # most runs have no secrets, and what looks after them knows the store
        from runners.engine.integrations.spending import refusal

        if self._origins and (fault := refusal(self._origins, url)):
            raise HandlerFailed(fault)

    def progress(self, done: float, total: float, note: str = "") -> None:
        """Show how far the run is; what comes faster than it can be shown is sent a little later, the newest of it.

        What nobody can show fails no run: the log says so, once.
        """
        try:
            self._unsent = as_progress(done, total, hidden(note) if isinstance(note, str) else note)
        except ValueError as refusal:
            if str(refusal) != self._refusal:
                self._refusal = str(refusal)
                self.log(self._refusal)
            return
        self._show_late()

    def finish(self) -> None:
        """Send what is still unsent."""
        self._tell_left_out()
        self._shown_at = -math.inf
        self._show_late()

    def stop_now(self, number: int, frame: object) -> None:
        """Interrupt a handler that does not listen: SIGTERM raises in its main thread, once, whatever it waits for."""
        if self._channel.busy or self.listened:
            return
        self._channel.listen(0)
        self.listened = True
        raise (self._channel.stop or Interrupted)()

    def _tell_left_out(self) -> None:
        if self._left_out:
            self._channel.send({"left_out": self._left_out})
            self._left_out = 0

    def _show_late(self) -> None:
        if self._unsent is not None and time.monotonic() - self._shown_at >= PROGRESS_EVERY_SEC:
            self._shown_at = time.monotonic()
            unsent, self._unsent = self._unsent, None
            self._channel.send({"progress": unsent})


def on_sigterm(context: RemoteContext) -> None:
    """Let SIGTERM interrupt this run."""
    signal.signal(signal.SIGTERM, context.stop_now)
