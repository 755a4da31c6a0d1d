"""One attempt of a run inside a worker: what its handler sees, and how it is told to stop."""

import json
import math
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from runners import assignment
from runners.engine.ask import Granted, OnExpiry
from runners.engine.grant import extended
from runners.engine.handler import Handler, HandlerFailed, Interrupted, TimedOut
from runners.engine.integrations.spending import Spending, spend
from runners.engine.job.controls import split
from runners.engine.known_secrets import KNOWN, hidden
from runners.engine.log_line import Stream
from runners.engine.platform import Platform
from runners.engine.progress import as_progress
from runners.engine.protocol.work import Claimed
from runners.engine.settings import Settings
from runners.engine.store.grants import in_force
from runners.questions import granted_or_asked
from runners.run_log import RunLog
from runners.telling import Telling

BEGINNING = threading.Lock()
"""Held while a run begins to tell or is told: its threads must share one `Telling`, and one way to be woken."""


class GivenBack(Interrupted):
    """The worker stops: the run goes back to the queue without using up an attempt."""


class LeaseLost(Interrupted):
    """The run is no longer ours: another worker may run it, so this one must not go on."""


class Execution:
    """The handler's context (`handler.Context`). Deadlines are measured on the monotonic clock.

    `traceback` is what the handler's own process told of its failure, None when it runs in this one. `inputs` are the
    handler's own, its secrets in their places, once `open_secrets` has put them there: the run's record never has them.
    """

    def __init__(self, platform: Platform, claimed: Claimed, asked_at: float) -> None:
        """Raises KeyError or ValueError on a broken record: from here on nothing of it may turn out to be unreadable."""
        self.platform = platform
        self.grants: list[tuple[str, str]] = []
        self.claimed = claimed
        self.run = assignment.read(claimed)
        self.began_at = time.monotonic()
        self.deadline = math.inf
        self.lease_ends_at = 0.0
        self.replaced = False
        self.leased(asked_at)
        self._claimed_at = self.began_at
        self._telling: Telling | None = None
        self._has_told = False
        self._refusal = ""
        self.traceback: str | None = None
        self.spending = Spending()
        self.inputs = split(self.run.inputs)[1]
        self._reason: type[Interrupted] | None = None
        self._woken: threading.Event | None = None

    @property
    def settings(self) -> Settings:
        """The settings of this process, with what was granted to the job once `open_grants` has put it there."""
        return extended(self.platform.settings, self.grants) if self.grants else self.platform.settings

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.run.run_id

    @property
    def claim(self) -> tuple[str, int]:
        """The run's id and fencing token: this claim and no other."""
        return self.claimed.run_id, self.claimed.token

    @property
    def job_id(self) -> str:
        """The job's id."""
        return self.run.job_id

    @property
    def attempt(self) -> int:
        """The attempt, counted from 0."""
        return self.run.attempt

    @property
    def redelivered(self) -> bool:
        """True when an earlier start of this run may have got anywhere."""
        return self.run.redelivered

    @property
    def slot_at(self) -> datetime | None:
        """The slot, None for a run that somebody asked for."""
        return self.run.slot_at

    @property
    def scheduled_at(self) -> datetime:
        """When the run was created."""
        return self.run.scheduled_at

    @property
    def started_at(self) -> datetime:
        """When this attempt was claimed, by the store's clock."""
        return self.run.started_at

    @property
    def idempotency_key(self) -> str:
        """The run id: the same in every attempt."""
        return self.run.run_id

    @property
    def approval(self) -> Granted | None:
        """What people agreed to last in this run, None when nobody was asked."""
        return self.run.granted[-1] if self.run.granted else None

    def require_approval(
        self,
        summary: str,
        requests: Sequence[Any] = (),
        expires_sec: int | None = None,
        on_expiry: OnExpiry = "reject",
        grants: Sequence[tuple[str, str]] = (),
    ) -> Granted:
        """Return what people granted for exactly this, or raise ApprovalNeeded. Raises ValueError."""
        return granted_or_asked(self.run.granted, summary, requests, expires_sec, on_expiry, grants)

    def leased(self, asked_at: float) -> None:
        """Note that the store gave the run's lease, asked for at this monotonic time: it ends no sooner than that says."""
        self.lease_ends_at = asked_at + self.settings.lease.total_seconds()

    def begin(self) -> None:
        """Start the clock: a run that was taken ahead waits for its slot without using up its time.

        Raises GivenBack when the lease has run out meanwhile (this process slept): another worker may have the run by
        now, and a handler that starts behind it would have no mark. Raises what the run was told to stop for.
        """
        if time.monotonic() >= self.lease_ends_at:
            raise GivenBack()
        if self._reason:
            raise self._reason()
        self.began_at = time.monotonic()
        self.deadline = self.began_at + self.run.timeout_ms / 1000

    def open_secrets(self, handler: Handler) -> None:
        """Put secrets in the place of the references to them. Raises spending.Unusable, and redis.RedisError."""
        if "{{" not in self.claimed.fields.get("inputs", ""):
            return
        self.spending = spend(self.platform, handler, self.inputs)
        KNOWN.learn(self.spending.secrets.values())
        self.inputs = self.spending.inputs(self.inputs)

    def open_grants(self, handler: Handler) -> None:
        """Read what was granted to the job, for a handler that uses it. Raises redis.RedisError."""
        if handler.grants:
            self.grants = in_force(self.platform.store, self.job_id)

    def may_send(self, url: str) -> None:
        """Raise HandlerFailed when a secret of this run belongs elsewhere than to `url`."""
        if refusal := self.spending.refusal(url):
            raise HandlerFailed(refusal)

    def stop(self, reason: type[Interrupted]) -> None:
        """Tell the handler to stop; the first reason counts."""
        with BEGINNING:
            self._reason = self._reason or reason
            if self._woken:
                self._woken.set()

    @property
    def told_to_stop(self) -> type[Interrupted] | None:
        """Why the handler was told to stop, None if it was not."""
        return self._reason

    def remaining(self) -> timedelta:
        """Return the time left before the deadline, never negative."""
        return timedelta(seconds=max(0.0, self.deadline - time.monotonic()))

    def cancelled(self) -> bool:
        """Say whether the handler was told to stop, for whatever reason."""
        return self._reason is not None

    def check(self) -> None:
        """Raise what the handler was told to stop for, or TimedOut past the deadline."""
        if self._reason:
            raise self._reason()
        if time.monotonic() >= self.deadline:
            raise TimedOut()

    def sleep(self, seconds: float) -> None:
        """Wait; raises as `check` does, as soon as there is a reason."""
        self._wake().wait(max(0.0, min(seconds, self.deadline - time.monotonic())))
        self.check()

    def log(self, text: str) -> None:
        """Append a line to the run's log (more, if `text` has them)."""
        self.write("log", f"{text}\n")

    def write(self, stream: Stream, text: str) -> None:
        """Append a piece of a stream to the run's log. It never waits, and never fails for what the text holds."""
        if telling := self._tell():
            telling.write(stream, text)

    def leave_out(self, size: int) -> None:
        """Note that so much was written and not even brought here: the log says how much is missing."""
        if telling := self._tell():
            telling.leave_out(size)

    def progress(self, done: float, total: float, note: str = "") -> None:
        """Show how far the run is, within a second. What nobody can show fails no run: the log says so, once."""
        try:
            shown = json.dumps(as_progress(done, total, hidden(note) if isinstance(note, str) else note))
        except ValueError as refusal:
            if str(refusal) != self._refusal:
                self._refusal = str(refusal)
                self.log(self._refusal)
            return
        if telling := self._tell():
            telling.progress(shown)

    def end_telling(self, *, wait: bool = True) -> None:
        """Take no more of what the handler tells, and bring the rest to the store; without `wait` it follows soon."""
        with BEGINNING:
            self._has_told, telling = True, self._telling
        if telling:
            telling.end() if wait else telling.close()

    def _wake(self) -> threading.Event:
        """Return what is set when the handler is told to stop; most runs never wait for it, and have none."""
        with BEGINNING:
            if self._woken is None:
                self._woken = threading.Event()
                if self._reason:
                    self._woken.set()
            return self._woken

    def _tell(self) -> Telling | None:
        if self._telling is None and not self._has_told:
            with BEGINNING:
                if self._telling is None and not self._has_told:
                    self._telling = Telling(self.platform.store, self.claim, self._new_log)
        return self._telling

    def _new_log(self) -> RunLog:
        return RunLog(self.attempt, self.run.worker_id, self._now)

    def _now(self) -> datetime:
        """Return the store's time, as it was at the claim and has passed here since."""
        return self.started_at + timedelta(seconds=time.monotonic() - self._claimed_at)
