"""The replay: recorded slots under guards that may be others, in the order of time. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from runners.engine.decision import Outcome
from runners.engine.guards import BLOCKERS_KEPT, Facts, Hold, first_hold
from runners.engine.job import Job
from runners.engine.look import LATE
from runners.engine.retry import cooldown
from runners.engine.run import RunStatus
from runners.engine.schedule import jitter_offset
from runners.engine.seen import Witnessed
from runners.engine.what_if.past import Claim, Past
from runners.engine.what_if.recorded import Recorded

HELD = "held"


@dataclass(frozen=True, slots=True)
class Again:
    """One slot as it was decided, and as the replay decides it: `outcome` is dispatched, skipped, missed, or held at the end.

    `at` is when that was settled; `hold` is the guard's reason of a skip.
    """

    recorded: Recorded
    outcome: str
    at: datetime
    hold: Hold | None = None

    @property
    def reason(self) -> str:
        """The guard that skips or holds, or why it was missed; '' for a dispatch."""
        if self.hold:
            return self.hold.guard
        return self.recorded.decision.reason if self.outcome == Outcome.MISSED else ""

    @property
    def same(self) -> bool:
        """Say whether the replay decides as it was decided."""
        was = self.recorded.decision
        return (self.outcome, self.reason) == (was.outcome, was.reason)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The slot that waits, what the guards saw outside of the job, and what holds it."""

    one: Recorded
    saw: Witnessed
    hold: Hold


def replay_all(slots: Iterable[Recorded], job: Job, past: Past) -> list[Again]:
    """Decide all slots (oldest first) again as the guards of `job` say, and return them in the order of their times."""
    stage = Stage(replace(job, paused=None), past)
    queue = sorted(((stage.ready_at(one), place, one) for place, one in enumerate(slots)), key=lambda row: row[:2])
    for ready_at, _, one in queue:
        stage.go_to(ready_at)
        stage.look_at(one)
    stage.go_to(past.until)
    return sorted([*stage.told, *stage.left()], key=lambda again: again.recorded.at)


class Stage:
    """What the job stands in at one moment of the replay: its active runs, its failures, the slot that waits."""

    def __init__(self, job: Job, past: Past) -> None:
        self.job, self.past = job, past
        self.told: list[Again] = []
        self._now: datetime | None = None
        self._active: list[tuple[datetime, str, Claim | None]] = []
        self._failures = 0
        self._cooldown_until: datetime | None = None
        self._waiting: Waiting | None = None
        self._met = False

    def ready_at(self, one: Recorded) -> datetime:
        """Return when the slot can first be looked at: when it was due, or later if something outside of the job kept it.

        The ledger does not say what a slot waited for that went out late after all. Where nothing of the job's own explains it, it
        waits as long again.
        """
        was = one.decision
        if was.asked:
            return one.at
        due = one.at + jitter_offset(self.job.job_id, self.job.controls.jitter)
        late = was.outcome is Outcome.DISPATCHED and was.decided_at - due > LATE
        return was.decided_at if late and not self._explained(one, due) else due

    def look_at(self, one: Recorded) -> None:
        """Decide on a slot or a request whose time has come; a slot that waited for so long ends as skipped."""
        was, saw, now = one.decision, one.saw, self._moment()
        if saw is None:
            self._as_it_was(one)
            return
        self._meet(saw)
        if self._waiting and not was.asked:
            self._skip(self._waiting, now)
        hold = self._hold(saw)
        if hold is None:
            self._dispatch(one)
        elif was.asked:
            self.told.append(Again(one, Outcome.SKIPPED, now, hold))
        else:
            self._waiting = Waiting(one, saw, hold)

    def go_to(self, end: datetime) -> None:
        """Let runs end, cooldowns pass and places become free up to `end`; what waits goes out as soon as it can.

        What becomes free in the moment of `end` is for the slot that falls due then: it ends the one that waits.
        """
        while (at := self._next()) is not None and at <= end:
            self._now = at
            self._end_runs(at)
            if at < end:
                self._ask_again(at)
        self._now = end if self._now is None else max(self._now, end)

    def left(self) -> Iterator[Again]:
        """Yield the slot that still waits when the past ends; one that was skipped then ends as it did."""
        if self._waiting:
            was = self._waiting.one.decision
            ended = was.outcome is Outcome.SKIPPED
            at = was.decided_at if ended else self._moment()
            yield Again(self._waiting.one, Outcome.SKIPPED if ended else HELD, at, self._waiting.hold)

    def _moment(self) -> datetime:
        assert self._now is not None
        return self._now

    def _meet(self, saw: Witnessed) -> None:
        """Begin with the failures that the first decision saw."""
        if not self._met:
            self._met, self._failures = True, saw.facts.failures
            self._cooldown_until = saw.facts.cooldown_until

    def _as_it_was(self, one: Recorded) -> None:
        """Take a slot that no guard decided, or of which an old row does not say what it saw, as it was."""
        was = one.decision
        if was.run_id:
            self._begin(was.run_id, self._moment())
        self.told.append(Again(one, was.outcome, self._moment(), was.hold))

    def _hold(self, saw: Witnessed) -> Hold | None:
        return first_hold(self.job, self._facts(saw), saw.without)

    def _facts(self, saw: Witnessed) -> Facts:
        """Return what the guards see now: outside of the job what was seen, of the job itself what the replay has come to."""
        now, grouped = self._moment(), self.job.controls.flow_group is not None
        names = tuple(run_id for _, run_id, _ in sorted(self._active)[:BLOCKERS_KEPT])
        return replace(
            saw.facts,
            now=now,
            failures=self._failures,
            cooldown_until=self._cooldown_until,
            active_runs=names,
            active_count=len(self._active),
            flow_runs=names,
            flow_count=len(self._active) + self.past.others_at(now) if grouped else 0,
            flow_limit=self.past.flow_limit if grouped else 0,
        )

    def _dispatch(self, one: Recorded) -> None:
        self._begin(one.decision.run_id or f"replayed-{len(self.told)}", self._moment())
        self.told.append(Again(one, Outcome.DISPATCHED, self._moment()))

    def _skip(self, waiting: Waiting, at: datetime) -> None:
        self.told.append(Again(waiting.one, Outcome.SKIPPED, at, waiting.hold))
        self._waiting = None

    def _begin(self, run_id: str, at: datetime) -> None:
        """A run takes its place for as long as it did then; one that was not there takes the usual time, and succeeds."""
        claim = self.past.own.get(run_id)
        length = claim.length if claim else self.past.length
        ends = datetime.max.replace(tzinfo=at.tzinfo) if length is None else at + length
        heapq.heappush(self._active, (ends, run_id, claim))

    def _end_runs(self, at: datetime) -> None:
        while self._active and self._active[0][0] <= at:
            ended_at, _, claim = heapq.heappop(self._active)
            self._remember(claim, ended_at)

    def _remember(self, claim: Claim | None, at: datetime) -> None:
        controls = self.job.controls
        if not controls.failure_memory_enabled:
            return
        if claim is None or claim.status is RunStatus.SUCCESS:
            self._failures, self._cooldown_until = 0, None
        elif claim.failed:
            self._failures += 1
            rests = cooldown(controls.failure_threshold, controls.cooldown_base, controls.cooldown_max, self._failures)
            self._cooldown_until = at + rests if rests else self._cooldown_until

    def _ask_again(self, at: datetime) -> None:
        waiting = self._waiting
        if waiting is None:
            return
        if (end := self._grace_end(waiting.one)) is not None and at > end:
            self._skip(waiting, at)
            return
        hold = self._hold(waiting.saw)
        if hold is None:
            self._waiting = None
            self._dispatch(waiting.one)
        else:
            self._waiting = replace(waiting, hold=hold)

    def _next(self) -> datetime | None:
        """Return when anything happens next that can change what waits; None when nothing does."""
        times = [self._active[0][0]] if self._active else []
        if self._waiting and self._now is not None:
            times += [at for at in self._wakes(self._waiting) if at > self._now]
        return min(times, default=None)

    def _wakes(self, waiting: Waiting) -> Iterator[datetime]:
        if waiting.hold.until is not None:
            yield waiting.hold.until
        if waiting.hold.guard == "flow_limit" and (end := self.past.next_end(self._moment())):
            yield end
        if end := self._grace_end(waiting.one):
            yield end + timedelta(milliseconds=1)

    def _grace_end(self, one: Recorded) -> datetime | None:
        schedule = self.job.spec.schedule
        if schedule is None or schedule.misfire_grace is None:
            return None
        return one.at + jitter_offset(self.job.job_id, self.job.controls.jitter) + schedule.misfire_grace

    def _explained(self, one: Recorded, due: datetime) -> bool:
        """Say whether the job's own runs, its group or its failures can have kept the slot from going out when it was due."""
        if one.saw is None:
            return False
        active, saw = self.past.own_at(due), one.saw
        full = 0 < saw.facts.flow_limit <= active + self.past.others_at(due)
        return active > 0 or full or saw.facts.failures >= saw.job.controls.failure_threshold
