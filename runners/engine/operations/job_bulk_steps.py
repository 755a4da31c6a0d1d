"""What a bulk operation does to one job. Its change and the note that it is done are one step of the store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from runners.engine.audit import Author
from runners.engine.bulk import Action, Bulk, Item, ItemOutcome, State
from runners.engine.errors import MultijobError
from runners.engine.job import Job
from runners.engine.job_bulk import Does, Fate, Wish, judge, lost, tagged
from runners.engine.operations.admission import asked_for
from runners.engine.operations.job_situations import situations
from runners.engine.operations.roles import Actor, Role
from runners.engine.platform import Platform
from runners.engine.protocol import bulk as protocol
from runners.engine.protocol import define
from runners.engine.protocol.change import Change
from runners.engine.seen import seen
from runners.engine.store import bulks, guard_facts, jobs
from runners.engine.store.jobs import Broken
from runners.engine.store.strips import strips

BROKEN = (MultijobError, LookupError, ValueError, TypeError)
Done = Literal["done"]
"""What is put down already."""


@dataclass(slots=True)
class JobBit:
    """What one process does at once of one operation on jobs. No job waits for a guard: what is held is refused."""

    platform: Platform
    bulk: Bulk
    held: dict[str, str] = field(default_factory=dict)

    def do(self, subject: str) -> Item | Done | None:
        """Do it to one job (`job id@version`); None when the operation is in another state by now."""
        try:
            return self._do(subject)
        except BROKEN as fault:  # one job that cannot be done must not keep all others waiting
            why = str(fault) if isinstance(fault, MultijobError) else f"{fault!r:.200}"
            return Item(subject, self._left_alone, why)

    def _do(self, subject: str) -> Item | Done | None:
        job_id, _, chosen = subject.partition("@")
        if self.bulk.action is Action.RUN and (made := bulks.made(self.platform.store, self._once(subject))):
            return Item(subject, ItemOutcome.DONE, made)
        found = jobs.load_record(self.platform.store, job_id)
        if found is None or isinstance(found, Broken):
            return self._passed_over(lost(job_id, chosen, there=found is not None))
        known = situations(self.platform, self.wish, [found])
        if job_id not in known:
            return self._passed_over(lost(job_id, chosen, there=True))
        fate = judge(self.wish, found, chosen, known[job_id])
        if fate.does is not Does.CHANGE:
            return self._passed_over(fate)
        return self._run(found, subject) if self.bulk.action is Action.RUN else self._define(found, subject)

    def _define(self, job: Job, subject: str) -> Item | Done | None:
        if self.bulk.action is Action.DELETE and self.bulk.cancels:
            self._end_active(job.job_id)
        word = protocol.define(self.platform.store, self.bulk, subject, self._arguments(job))
        if self.bulk.action is Action.DELETE and word == "ok":
            self._end_active(job.job_id)
        match word:
            case "ok" | "done":
                return "done"
            case "withdrawn":
                return None
            case "busy":
                active = len(strips(self.platform.store, [job.job_id])[job.job_id].active_runs)
                return self._passed_over(Fate(job.job_id, "", Does.REFUSED, "active", {"count": active}), subject)
        return self._passed_over(Fate(job.job_id, "", Does.REFUSED, "moved"), subject)

    def _arguments(self, job: Job) -> list[str | int]:
        now = self.platform.store.now()
        match self.wish.action:
            case Action.DELETE:
                return define.deletion(job, self._author, self.bulk.cancels, now)
            case Action.ENABLE | Action.DISABLE:
                change = Change(job.spec, self.wish.action is Action.ENABLE, job)
            case _:
                change = Change(tagged(job.spec, self.wish), job.enabled, job)
        return change.arguments(self._author, now)

    def _end_active(self, job_id: str) -> None:
        store, why = self.platform.store, f"cancelled by {self.bulk.actor} (bulk operation {self.bulk.bulk_id})"
        for run_id in strips(store, [job_id])[job_id].active_runs if self.bulk.cancels else ():
            protocol.cancel(store, self.bulk, run_id, why)

    def _run(self, job: Job, subject: str) -> Item | None:
        store, settings, once = self.platform.store, self.platform.settings, self._once(subject)
        by = Actor(self.bulk.actor, Role.OPERATOR, "system", self.bulk.trace_id)
        creation = asked_for(self.platform, by, job, job.spec.inputs, "manual", False, once)
        saw = seen(job, guard_facts.read_one(store, settings, job))
        answer = protocol.admit(store, settings, self.bulk, creation, job.version, once, saw)
        match answer.word:
            case "ok" | "exists":
                return Item(subject, ItemOutcome.DONE, answer.run_id)
            case "withdrawn":
                return None
            case "gone" | "stale":
                return self._passed_over(Fate(job.job_id, "", Does.REFUSED, "moved"), subject)
        return self._passed_over(Fate(job.job_id, "", Does.REFUSED, "guard", {"guard": answer.word}), subject)

    def _passed_over(self, fate: Fate, subject: str = "") -> Item:
        return Item(subject or f"{fate.job_id}@{fate.version}", self._left_alone, fate.detail)

    def _once(self, subject: str) -> str:
        """Return the name under which the run that is made for this job is known."""
        return hashlib.sha256(f"{self.bulk.bulk_id}\0{subject}".encode()).hexdigest()

    @property
    def wish(self) -> Wish:
        """What is done to every job now."""
        begun = Wish(self.bulk.action, self.bulk.tag, self.bulk.cancels)
        return begun.opposite if self.bulk.state is State.UNDOING else begun

    @property
    def _left_alone(self) -> ItemOutcome:
        """What becomes of a job to which nothing is done."""
        return ItemOutcome.KEPT if self.bulk.state is State.UNDOING else ItemOutcome.SKIPPED

    @property
    def _author(self) -> Author:
        return Author(self.bulk.doer, "system", f"bulk operation {self.bulk.bulk_id}")
