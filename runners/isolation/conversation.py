"""One run with one handler's process: what it says is taken, what it does past its time is ended.

First it is told to stop, then interrupted (SIGTERM to it and to all that it started), then killed with all of them. Its
keeper does the killing, also when this process is gone, or asleep past the end of the run's lease.
"""

from __future__ import annotations

import codecs
import os
import selectors
import time
from typing import Any

from runners.engine.handler import Handler, Interrupted, TimedOut
from runners.engine.log_line import Stream
from runners.execution import Execution, LeaseLost
from runners.isolation.ends import Ending
from runners.isolation.frames import PART, Frame, Frames, Garbled, encode, receive
from runners.isolation.warm import Child

POLL_SEC = 0.1
READY_SEC = 30.0
"""Longest wait until the process has loaded the handler; the run's own time begins after it."""
INTERRUPT_SEC = 0.6
KILL_SEC = 1.3
"""Seconds after the word to stop, so that the end is known two seconds after it at the latest."""
HURRY_SEC = 0.3
"""The same for a run that another worker may start any moment."""
DEAD_SEC = 3.0
"""Longest wait for a keeper that was told to kill; then it is ended itself, and its program with it."""
LAST_WORDS_SEC = 1.0
"""Longest that what is printed by then is taken, once the run has ended."""
GONE = "ended 9 gone"


class _Stream:
    """What one of the process's pipes is in the run's log; characters that arrive in two parts stay whole."""

    def __init__(self, name: Stream) -> None:
        self.name = name
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode


class Conversation:
    """`hold` goes from the run's start to its end; `left_clean` says whether the process may take another run then."""

    def __init__(self, child: Child, execution: Execution) -> None:
        self.child = child
        self.execution = execution
        self.left_clean = False
        self._said: Frame | None = None
        self._died = ""
        self._fault = ""
        self._told: type[Interrupted] | None = None
        self._swept, self._left_behind = False, 0
        self._lease_told = 0.0
        self._steps = [(time.monotonic() + READY_SEC, f"its process was not ready within {READY_SEC:g} s")]
        self._frames = Frames()
        self._status = b""
        self._printed = {child.out: _Stream("stdout"), child.err: _Stream("stderr")}

    def hold(self, handler: Handler) -> Ending:
        """Start the run and follow it until it has ended or was ended, with all that it started.

        Raises what `execution.begin` raises; the handler has not started then.
        """
        with selectors.DefaultSelector() as pipes:
            for source in (self.child.channel.fileno(), self.child.status, *self._printed):
                pipes.register(source, selectors.EVENT_READ)
            self._send({"run": self._about(handler)})
            while self._said is None and not self._died:
                self._follow(pipes)
            self.child.tell("lease inf")
            self.child.tell("sweep")
            self._steps = [(time.monotonic() + DEAD_SEC, "gone")]
            while not self._swept and not self._died:
                self._follow(pipes)
            # a thread that was left behind may print for ever
            last_at = time.monotonic() + LAST_WORDS_SEC
            while self._read(pipes, 0) and time.monotonic() < last_at:
                pass
        spent = (
            self._said is None
            or self._said["spent"]
            or self._told
            or self._left_behind
            or self._died
            or self.execution.spending.secrets
        )
        self.left_clean = not spent
        return Ending(self._said, self._died, self._fault, self._told)

    def _about(self, handler: Handler) -> Frame:
        run = self.execution.run
        return {
            "entry": handler.entry,
            "run_id": run.run_id,
            "token": self.execution.claimed.token,
            "job_id": run.job_id,
            "attempt": run.attempt,
            "redelivered": run.redelivered,
            "slot_at": run.slot_at and run.slot_at.isoformat(),
            "scheduled_at": run.scheduled_at.isoformat(),
            "started_at": self.execution.started_at.isoformat(),
            "timeout_ms": run.timeout_ms,
            "inputs": self.execution.inputs,
            "secrets": sorted(self.execution.spending.secrets.values()),
            "origins": {name: sorted(some) for name, some in self.execution.spending.origins.items()},
            "granted": self.execution.claimed.fields.get("granted", ""),
            "grants": self.execution.grants,
            "memory_mode": self.execution.platform.store.mode.name == "memory",
        }

    def _send(self, frame: Frame) -> None:
        try:
            self.child.channel.sendall(encode(frame))
        except TimeoutError:
            self._give_up("its process took no word from the worker")
        except OSError:
            return  # it is dead; its keeper says how

    def _follow(self, pipes: selectors.BaseSelector) -> None:
        self._read(pipes, POLL_SEC)
        now = time.monotonic()
        if self.execution.lease_ends_at != self._lease_told and self._said is None:
            self._lease_told = self.execution.lease_ends_at
            self.child.tell(f"lease {self._lease_told}")
        told = self.execution.told_to_stop or (TimedOut if now >= self.execution.deadline else None)
        if told and not self._told and self._said is None:
            self._stop(told, now)
        while self._steps and now >= self._steps[0][0] and not self._died:
            self._step(self._steps.pop(0)[1])

    def _stop(self, told: type[Interrupted], now: float) -> None:
        self._told = told
        self._send({"stop": told.__name__})
        pauses = (0.0, HURRY_SEC) if issubclass(told, LeaseLost) else (INTERRUPT_SEC, KILL_SEC)
        self._steps = [(now + pauses[0], "term"), (now + pauses[1], "kill"), (now + pauses[1] + DEAD_SEC, "gone")]

    def _step(self, word: str) -> None:
        if word == "gone":
            self._died = GONE
        elif word in ("term", "kill"):
            self.child.tell(word)
        else:
            self._give_up(word)

    def _give_up(self, fault: str) -> None:
        self._fault = fault
        self.child.tell("kill")
        self._steps = [(time.monotonic() + DEAD_SEC, "gone")]

    def _read(self, pipes: selectors.BaseSelector, seconds: float) -> bool:
        """Take what the sources have, waiting at most so long; False when there was nothing."""
        ready = pipes.select(seconds)
        for key, _ in ready:
            take = self._take_frames if key.fd == self.child.channel.fileno() else self._take_bytes
            if not take(key.fd):
                pipes.unregister(key.fileobj)
        return bool(ready)

    def _take_bytes(self, descriptor: int) -> bool:
        part = os.read(descriptor, PART)
        if printed := self._printed.get(descriptor):
            self.execution.write(printed.name, printed.decode(part))
            return bool(part)
        *lines, self._status = (self._status + part).split(b"\n")
        for line in lines:
            word, _, rest = line.partition(b" ")
            if word == b"swept":
                self._swept, self._left_behind = True, int(rest)
            else:
                self._died = line.decode()
        if not part:
            self._died = self._died or GONE
        return bool(part)

    def _take_frames(self, _: int) -> bool:
        try:
            frames = receive(self.child.channel, self._frames)
            for frame in frames or ():
                self._hear(frame)
        except (Garbled, KeyError, TypeError, ValueError) as error:
            self._give_up(f"its process sent what is no word of a handler: {error}")
            return False
        return frames is not None

    def _hear(self, frame: dict[str, Any]) -> None:
        if "write" in frame:
            stream, text = frame["write"]
            self.execution.write(stream, str(text))
        elif "left_out" in frame:
            self.execution.leave_out(int(frame["left_out"]))
        elif "progress" in frame:
            shown = frame["progress"]
            self.execution.progress(shown["done"], shown["total"], shown["note"])
        elif "ended" in frame:
            self._said = {"spent": True} | frame["ended"]
        elif "ready" in frame:
            self._steps = []
            self.execution.begin()
            self._send({"go": True})
