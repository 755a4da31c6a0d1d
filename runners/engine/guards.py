"""The guards: pure functions over recorded facts, in the order of contract §6; the first hold decides.

One tuple, `GUARDS`, is the only list of guards. The scheduler, `explain`, the ledger, the forecast and every page
call the functions in it, so a changed guard changes all of them. What must not be raced (slot, overlap, flow limit,
cap, pressure) is enforced again by `protocol/dispatch.lua` in the step that creates the run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from runners.engine.job import Job
from runners.engine.pause import Pause

BLOCKERS_KEPT = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the guards may know of one job at one moment.

    `pauses` are those of everything, of the job's priority and of its flow group, in this order, as far as in force.
    `dispatched` counts the dispatches of all schedulers in this tick window. `flow_limit` 0 means no limit.
    `active_runs` and `flow_runs` name at most three runs; the counts are exact. `decide_by` is when the last of `approvals` expires.
    """

    now: datetime
    pauses: tuple[Pause, ...]
    dispatched: int
    cap: int
    window_ends_at: datetime | None
    approvals: tuple[str, ...]
    failures: int
    cooldown_until: datetime | None
    pressure: bool
    depth: int
    pressure_low: int
    active_runs: tuple[str, ...]
    active_count: int
    flow_runs: tuple[str, ...]
    flow_count: int
    flow_limit: int
    decide_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A guard's reason to wait. `until` is when it can change; None when no clock tells (a run must end, a person decide).

    `pause` is the pause that decides, of the guard `paused` only.
    """

    guard: str
    observed: int
    limit: int
    blocked_by: tuple[str, ...] = ()
    blocked_count: int = 0
    until: datetime | None = None
    pause: Pause | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one guard says: `hold` is None when it lets the job pass."""

    guard: str
    hold: Hold | None


def paused(job: Job, facts: Facts) -> Hold | None:
    """Hold while everything, the job's priority, its flow group or the job itself is paused; the first of them decides."""
    pauses = (*facts.pauses, job.paused) if job.paused else facts.pauses
    if not pauses:
        return None
    blockers = tuple(pause.blocker for pause in pauses)
    until = pauses[0].until if len(pauses) == 1 else None
    return Hold("paused", len(pauses), 0, blockers[:BLOCKERS_KEPT], len(pauses), until, pauses[0])


def dispatch_cap(job: Job, facts: Facts) -> Hold | None:
    """Hold when all schedulers together have dispatched the cap in this tick window."""
    if facts.dispatched < facts.cap:
        return None
    return Hold("dispatch_cap", observed=facts.dispatched, limit=facts.cap, until=facts.window_ends_at)


def pending_approval(job: Job, facts: Facts) -> Hold | None:
    """Hold while a person must decide on the job; until then at the latest, because what nobody decides on expires."""
    if not facts.approvals:
        return None
    names, count = facts.approvals[:BLOCKERS_KEPT], len(facts.approvals)
    return Hold("pending_approval", count, 0, names, count, facts.decide_by)


def cooldown(job: Job, facts: Facts) -> Hold | None:
    """Hold until the cooldown after repeated failures ends."""
    until = facts.cooldown_until
    if not job.controls.failure_memory_enabled or until is None or facts.now >= until:
        return None
    return Hold("cooldown", observed=facts.failures, limit=job.controls.failure_threshold, until=until)


def pressure(job: Job, facts: Facts) -> Hold | None:
    """Hold everything but critical jobs while pressure mode is on."""
    if not facts.pressure or job.controls.priority == "critical":
        return None
    return Hold("pressure", observed=facts.depth, limit=facts.pressure_low)


def flow_limit(job: Job, facts: Facts) -> Hold | None:
    """Hold while the job's flow group has as many active runs as its lowest stated limit."""
    if not job.controls.flow_group or not facts.flow_limit or facts.flow_count < facts.flow_limit:
        return None
    return Hold("flow_limit", facts.flow_count, facts.flow_limit, facts.flow_runs[:BLOCKERS_KEPT], facts.flow_count)


def overlap(job: Job, facts: Facts) -> Hold | None:
    """Hold while an earlier run of the job is active, unless the job allows overlap."""
    if job.controls.allow_overlap or not facts.active_count:
        return None
    return Hold("overlap", facts.active_count, 1, facts.active_runs[:BLOCKERS_KEPT], facts.active_count)


Guard = Callable[[Job, Facts], Hold | None]
GUARDS: tuple[Guard, ...] = (paused, dispatch_cap, pending_approval, cooldown, pressure, flow_limit, overlap)
PASSED_BY_IGNORE = frozenset({"cooldown", "pressure"})
"""What `guards: ignore` of a manual run passes over; all others always hold (contract §3)."""
BLOCKED_BY_RUNS = frozenset({"flow_limit", "overlap"})
"""The guards whose blockers are runs."""
ONLY_SCHEDULED = frozenset({"dispatch_cap"})
"""The cap spreads due slots over tick windows; a run that a person asks for is not one of them."""


def first_hold(job: Job, facts: Facts, without: frozenset[str] = frozenset()) -> Hold | None:
    """Return the first guard's hold in contract order, or None when all (but those in `without`) let the job pass."""
    for guard in GUARDS:
        if guard.__name__ not in without and (hold := guard(job, facts)):
            return hold
    return None


def verdicts(job: Job, facts: Facts) -> tuple[Verdict, ...]:
    """Return what every guard says now, in contract order."""
    return tuple(Verdict(guard.__name__, guard(job, facts)) for guard in GUARDS)


def measured(job: Job, facts: Facts, pressure_high: int) -> dict[str, tuple[int, int]]:
    """Return of each guard, whether it holds or not, what it sees now and the value that matters; 0 where it has no limit."""
    pauses = len(facts.pauses) + (job.paused is not None)
    return {
        "paused": (pauses, 0),
        "dispatch_cap": (facts.dispatched, facts.cap),
        "pending_approval": (len(facts.approvals), 0),
        "cooldown": (facts.failures, job.controls.failure_threshold),
        "pressure": (facts.depth, facts.pressure_low if facts.pressure else pressure_high),
        "flow_limit": (facts.flow_count, facts.flow_limit),
        "overlap": (facts.active_count, 0 if job.controls.allow_overlap else 1),
    }
