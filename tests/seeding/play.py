"""A past for a deployment: scheduler and workers played by one program on a clock of its own, through the real protocol.

What is played cannot be told from what was lived: every run was decided on by the guards, taken with a token, and ended by
`exchange`. Slots must lie on the grid of the steps; a run ends at its own moment between two of them.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from runners.engine.ask import Ask
from runners.engine.log_line import log_line
from runners.engine.platform import Platform
from runners.engine.protocol import asking, insight, upkeep
from runners.engine.protocol.telling import Part, tell
from runners.engine.protocol.work import Claimed, Ended, exchange
from runners.engine.run import FailureKind
from tests.clocks import MovingClock
from tests.protocol.stage import Stage

LEASE = timedelta(hours=2)
"""Longer than any run of the play: nobody renews, and nobody reaps."""
SOON = timedelta(milliseconds=40)


@dataclass(frozen=True, slots=True)
class Act:
    """What one attempt does: how long it takes, and how it ends.

    `total` is what its progress counts up to, of what `noun` names; `says` are lines of its log, spread over its time.
    """

    took: timedelta
    error: str | None = None
    kind: FailureKind = FailureKind.ERROR
    output: Any = None
    says: tuple[str, ...] = ()
    total: int = 0
    noun: str = ""
    ask: Ask | None = None
    traceback: str = ""


Behaviour = Callable[[Claimed, datetime, Random], Act]


@dataclass(slots=True)
class Going:
    """An attempt under way."""

    claimed: Claimed
    act: Act
    worker: str
    began: datetime
    said: int = 0

    def share(self, now: datetime) -> float:
        """Return how much of its time has passed."""
        return min((now - self.began) / self.act.took, 1.0)


@dataclass(slots=True)
class Play:
    """The platform of a play, its clock, and what its workers do; `slots` run at once on each of `workers`."""

    platform: Platform
    clock: MovingClock
    behave: Behaviour
    workers: tuple[str, ...]
    slots: int = 4
    random: Random = field(default_factory=lambda: Random(7))
    _going: list[tuple[datetime, int, Going]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)

    @staticmethod
    def on(platform: Platform, start: datetime, behave: Behaviour, workers: tuple[str, ...]) -> Play:
        """Return a play that begins at `start`."""
        clock = MovingClock(start)
        return Play(replace(platform, store=replace(platform.store, clock=clock)), clock, behave, workers)

    def until(self, end: datetime, step: timedelta) -> None:
        """Play on to `end`."""
        while self.clock.at < end:
            self.step(min(self.clock.at + step, end))

    def step(self, to: datetime) -> None:
        """End what ends before `to`, then do there what a scheduler and the workers do."""
        while self._going and self._going[0][0] <= to:
            moment, _, going = heapq.heappop(self._going)
            self.clock.at = max(moment, self.clock.at)
            self._end(going)
            self._take(going.worker)
        self.clock.at = to
        stage = Stage(self.platform, self.clock, checking=False)
        upkeep.reap(self.platform.store, {})
        stage.act(stage.look())
        insight.keep_spread(self.platform.store)
        self.clock.at += SOON
        for worker in self.workers:
            self._take(worker)
        self._talk()
        self.clock.at = to

    def _take(self, worker: str) -> None:
        free = self.slots - sum(going.worker == worker for _, _, going in self._going)
        for claimed in exchange(self.platform.store, worker, LEASE, [], free).taken if free > 0 else ():
            going = Going(claimed, self.behave(claimed, self.clock.at, self.random), worker, self.clock.at)
            heapq.heappush(self._going, (self.clock.at + going.act.took, next(self._order), going))
            self._write(going, "", (f"attempt {claimed.fields.get('attempt', '0')} on {worker}",), "run")

    def _talk(self) -> None:
        """Let what is under way say how far it is."""
        for _, _, going in self._going:
            self._say(going, self.clock.at)

    def _say(self, going: Going, now: datetime) -> None:
        share, act = going.share(now), going.act
        lines = act.says[going.said : int(share * len(act.says))]
        done = int(share * act.total)
        progress = json.dumps({"done": done, "total": act.total, "note": act.noun}) if act.total else ""
        if lines or progress:
            self._write(going, progress, lines)
        going.said += len(lines)

    def _write(self, going: Going, progress: str, lines: tuple[str, ...], stream: str = "log") -> None:
        attempt = int(going.claimed.fields.get("attempt") or 0)
        text = "".join(log_line(self.clock.at, attempt, stream, line) for line in lines)
        tell(self.platform.store, going.claimed.run_id, going.claimed.token, progress, Part(text.encode()))

    def _end(self, going: Going) -> None:
        self._say(going, self.clock.at)
        exchange(self.platform.store, going.worker, LEASE, [_ended(going)], 0)


def _ended(going: Going) -> Ended:
    claimed, act = going.claimed, going.act
    fields = claimed.fields
    if act.ask:
        about = (fields["job_id"], claimed.run_id, fields["job_type"], int(fields["job_version"]), fields["inputs"])
        return Ended(claimed.run_id, claimed.token, "asked", ask=tuple(asking.opened("ask", act.ask, *about)))
    took = act.took // timedelta(milliseconds=1)
    result = {"success": act.error is None, "output": act.output, "error": act.error, "duration_ms": took}
    text = json.dumps(result | {"truncated": False})
    if act.error is None:
        return Ended(claimed.run_id, claimed.token, "success", text)
    again = timedelta(seconds=20) if act.kind is not FailureKind.CRASHED else None
    return Ended(claimed.run_id, claimed.token, "failed", text, act.kind, act.error, again, act.traceback)
