"""What a bulk operation does to one run, and what taking it back does: repeating either has no second effect."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from runners.engine import guards
from runners.engine.bulk import Action, Bulk, Item, ItemOutcome, State
from runners.engine.errors import MultijobError
from runners.engine.job import Job
from runners.engine.operations.admission import asked_for
from runners.engine.operations.existing import existing_job, existing_run
from runners.engine.operations.roles import Actor, Role
from runners.engine.operations.run_changes import at_version
from runners.engine.platform import Platform
from runners.engine.protocol import bulk as protocol
from runners.engine.protocol.work import try_again
from runners.engine.run import Run
from runners.engine.seen import passed_over, seen
from runners.engine.store import bulks, guard_facts

BROKEN = (MultijobError, LookupError, ValueError, TypeError)


@dataclass(frozen=True, slots=True)
class Held:
    """A run that must wait, because `guard` holds its job now."""

    run_id: str
    guard: str


@dataclass(slots=True)
class Bit:
    """What one process does at once of one operation. It remembers the jobs that were held, and asks for them once."""

    platform: Platform
    bulk: Bulk
    held: dict[str, str] = field(default_factory=dict)

    def do(self, run_id: str) -> Item | Held | None:
        """Do what the operation's state asks for; None when it is in another state by now, so that nothing was done."""
        undoing = self.bulk.state is State.UNDOING
        step = {
            (Action.RETRY, False): self._retry,
            (Action.CANCEL, False): self._cancel,
            (Action.RETRY, True): self._take_back,
            (Action.CANCEL, True): self._make_again,
        }[self.bulk.action, undoing]
        try:
            return step(run_id)
        except BROKEN as fault:  # one run that cannot be done must not keep all others waiting
            outcome = ItemOutcome.KEPT if undoing else ItemOutcome.SKIPPED
            return Item(run_id, outcome, str(fault) if isinstance(fault, MultijobError) else f"{fault!r:.200}")

    def _retry(self, run_id: str) -> Item | Held | None:
        return self._again(existing_run(self.platform.store, run_id), ItemOutcome.DONE)

    def _cancel(self, run_id: str) -> Item | None:
        word = protocol.cancel(self.platform.store, self.bulk, run_id, self._mark)
        if word == "withdrawn":
            return None
        if word == "gone":
            return Item(run_id, ItemOutcome.SKIPPED, "it is not kept any more")
        if word == "asked":
            return Item(run_id, ItemOutcome.DONE, "asked to stop")
        run = existing_run(self.platform.store, run_id)
        ours = run.error == self._mark
        return Item(run_id, ItemOutcome.DONE, "") if ours else Item(run_id, ItemOutcome.SKIPPED, f"it is {run.status}")

    def _take_back(self, run_id: str) -> Item | None:
        store = self.platform.store
        job_id = existing_run(store, run_id).job_id
        made = bulks.made(store, self._once(job_id, run_id))
        if made is None:
            return Item(run_id, ItemOutcome.WITHDRAWN, "")
        word = protocol.take_back(store, self.bulk, made, self._mark)
        if word == "withdrawn":
            return None
        ours = existing_run(store, made).error == self._mark
        return (
            Item(run_id, ItemOutcome.UNDONE, made)
            if ours
            else Item(run_id, ItemOutcome.KEPT, f"{made} is {word} already")
        )

    def _make_again(self, run_id: str) -> Item | Held | None:
        run = existing_run(self.platform.store, run_id)
        if run.error == self._done_mark and not run.attempts:
            return self._again(run, ItemOutcome.UNDONE)
        if run.cancel_requested:
            return Item(run_id, ItemOutcome.KEPT, "a worker had it")
        return Item(run_id, ItemOutcome.WITHDRAWN, "")

    def _again(self, run: Run, outcome: ItemOutcome) -> Item | Held | None:
        """Make a run with the inputs and the job version of `run`, or say who holds it."""
        store, once = self.platform.store, self._once(run.job_id, run.run_id)
        if made := bulks.made(store, once):
            return Item(run.run_id, outcome, made)
        if run.status.active:
            return Item(run.run_id, ItemOutcome.SKIPPED, f"it is {run.status}")
        if guard := self.held.get(run.job_id):
            return Held(run.run_id, guard)
        present = existing_job(store, run.job_id)
        return self._admitted(run, present, at_version(store, present, run.job_version), outcome, once)

    def _admitted(self, run: Run, present: Job, job: Job, outcome: ItemOutcome, once: str) -> Item | Held | None:
        store, settings = self.platform.store, self.platform.settings
        facts = guard_facts.read_one(store, settings, job)
        if hold := guards.first_hold(job, facts, passed_over(asked=True, ignored=False)):
            return self._hold(run, hold.guard)
        by = Actor(self.bulk.doer, Role.OPERATOR, "system", self.bulk.trace_id)
        creation = asked_for(self.platform, by, job, run.inputs, "retry", False, once)
        answer = protocol.admit(store, settings, self.bulk, creation, present.version, once, seen(job, facts))
        match answer.word:
            case "ok" | "exists":
                try_again(store, run.run_id)
                return Item(run.run_id, outcome, answer.run_id)
            case "withdrawn":
                return None
            case "gone":
                return Item(run.run_id, ItemOutcome.SKIPPED, f"job '{run.job_id}' is deleted")
        return self._hold(run, "changed" if answer.word == "stale" else answer.word)

    def _hold(self, run: Run, guard: str) -> Held:
        self.held[run.job_id] = guard
        return Held(run.run_id, guard)

    def _once(self, job_id: str, run_id: str) -> str:
        """Return the name under which the run that is made for this one is known."""
        action = "undo" if self.bulk.action is Action.CANCEL else "bulk"
        return hashlib.sha256(f"{job_id}\0{action}:{self.bulk.bulk_id}:{run_id}".encode()).hexdigest()

    @property
    def _done_mark(self) -> str:
        return f"cancelled by {self.bulk.actor} (bulk operation {self.bulk.bulk_id})"

    @property
    def _mark(self) -> str:
        """What runs say of themselves that this ends."""
        if self.bulk.state is State.UNDOING:
            return f"cancelled by {self.bulk.undone_by}, who undid bulk operation {self.bulk.bulk_id}"
        return self._done_mark
