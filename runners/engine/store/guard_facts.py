"""Reading what the guards may know: for all jobs of a tick in one pipeline, or for one job on request."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from redis.exceptions import ResponseError

from runners.engine import clock
from runners.engine.clock import MILLISECOND
from runners.engine.errors import Unreadable
from runners.engine.guards import BLOCKERS_KEPT, Facts
from runners.engine.job import Job
from runners.engine.pause import EVERYTHING, Pause, decode
from runners.engine.run import at
from runners.engine.settings import Settings
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES
from runners.engine.store.reads import Reads


@dataclass(frozen=True, slots=True)
class World:
    """What holds for all jobs at one moment; `pauses` by blocker, those of everything and of priorities."""

    now: datetime
    depth: int
    pressure: bool
    dispatched: int
    pauses: Mapping[str, Pause]


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow group's active runs (at most three named), its lowest stated limit (0 is none) and its pause."""

    runs: tuple[str, ...] = ()
    count: int = 0
    limit: int = 0
    pause: Pause | None = None


NO_FLOW = Flow()


def read_world(store: Store, settings: Settings) -> World:
    """Return what holds for all jobs now; changes nothing."""
    now = store.now()
    pipe = store.redis.pipeline(transaction=False)
    for priority in PRIORITIES:
        pipe.zcard(store.keys.pending(priority))
    pipe.hget(store.keys.pressure, "on")
    pipe.get(store.keys.window(window_number(now, settings)))
    queue_pauses(store, pipe)
    *depths, on, dispatched, everything, ends_in, paused = pipe.execute()
    ends_at = now + timedelta(milliseconds=ends_in) if ends_in >= 0 else None
    return World(now, sum(depths), on == "1", int(dispatched or 0), read_pauses(everything, ends_at, paused))


def queue_pauses(store: Store, pipe: Any) -> None:
    """Queue the three reads whose answers `read_pauses` takes; the second is in how many ms everything goes on."""
    pipe.get(store.keys.suspended)
    pipe.pttl(store.keys.suspended)
    pipe.hmget(store.keys.paused, *(f"queue:{priority}" for priority in PRIORITIES))


def read_pauses(everything: str | None, ends_at: datetime | None, queues: Sequence[str | None]) -> dict[str, Pause]:
    """Return the pauses of everything and of priorities that are in force, by blocker."""
    found = [decode(EVERYTHING, everything, ends_at)]
    found += [decode(f"queue:{priority}", text) for priority, text in zip(PRIORITIES, queues, strict=True)]
    return {pause.blocker: pause for pause in found if pause}


def read(store: Store, settings: Settings, jobs: Iterable[Job], world: World) -> dict[str, Facts]:
    """Return the facts of each job by its id, without those that cannot be read; one round trip for all, and one
    more when any waits for a person.
    """
    jobs = tuple(jobs)
    groups = tuple(sorted({job.controls.flow_group for job in jobs if job.controls.flow_group}))
    pipe = Reads(store)
    for job in jobs:
        pipe.hmget(store.keys.memory(job.job_id), "failures", "cooldown_until")
        pipe.smembers(store.keys.approvals(job.job_id))
        pipe.scard(store.keys.active_of_job(job.job_id))
        pipe.srandmember(store.keys.active_of_job(job.job_id), BLOCKERS_KEPT)
    for group in groups:
        pipe.scard(store.keys.active_of_flow(group))
        pipe.srandmember(store.keys.active_of_flow(group), BLOCKERS_KEPT)
        pipe.zrange(store.keys.flow_limits(group), 0, 0, withscores=True)
        pipe.hget(store.keys.paused, f"flow:{group}")
    answers = iter(pipe.execute(raise_on_error=False))
    own = {job.job_id: (next(answers), next(answers), next(answers), next(answers)) for job in jobs}
    flows = {"": NO_FLOW}
    for group in groups:
        found_of_group = [next(answers) for _ in range(4)]
        with suppress(ValueError):
            flows[group] = _flow(group, *_of_their_types(found_of_group))
    found, window_ends_at = {}, _window_end(settings, world)
    for job in jobs:
        with suppress(KeyError, ValueError):  # what cannot be read lets nothing through
            flow = flows[job.controls.flow_group or ""]
            known = _of_their_types(own[job.job_id])
            found[job.job_id] = _facts(settings, world, window_ends_at, known, flow, _pauses(job, world, flow))
    return found | _with_deadlines(store, {name: facts for name, facts in found.items() if facts.approvals})


def _of_their_types(answers: Sequence[Any]) -> Sequence[Any]:
    """Return the answers. Raises ValueError where a key is of another type, and every other error that the server told."""
    for answer in answers:
        if isinstance(answer, ResponseError):
            raise ValueError(str(answer)) if "WRONGTYPE" in str(answer) else answer
    return answers


def _with_deadlines(store: Store, waiting: Mapping[str, Facts]) -> dict[str, Facts]:
    """Return the facts with the time at which nobody need decide any more; nearly always no job waits for a person."""
    if not waiting:
        return {}
    pipe = store.redis.pipeline(transaction=False)
    for facts in waiting.values():
        for approval_id in facts.approvals:
            pipe.zscore(store.keys.approval_deadlines, approval_id)
    scores = iter(pipe.execute())
    ends = {
        job_id: [at(int(s)) for _ in facts.approvals if (s := next(scores)) is not None]
        for job_id, facts in waiting.items()
    }
    return {
        job_id: replace(facts, decide_by=max(filter(None, ends[job_id]), default=None))
        for job_id, facts in waiting.items()
    }


def read_one(store: Store, settings: Settings, job: Job) -> Facts:
    """Return the facts of one job now. Raises Unreadable: what the guards cannot read lets nothing through."""
    found = read(store, settings, [job], read_world(store, settings))
    if job.job_id not in found:
        raise Unreadable(f"job '{job.job_id}' is held: its failure memory cannot be read; reset the memory")
    return found[job.job_id]


def window_number(now: datetime, settings: Settings) -> int:
    """Return the number of the tick window that `now` lies in (contract §6)."""
    return clock.to_ms(now) // (settings.tick // MILLISECOND)


def _flow(group: str, count: int, runs: list[str], lowest: list[tuple[str, float]], paused: str | None) -> Flow:
    return Flow(tuple(sorted(runs)), count, int(lowest[0][1]) if lowest else 0, decode(f"flow:{group}", paused))


def _pauses(job: Job, world: World, flow: Flow) -> tuple[Pause, ...]:
    found = (world.pauses.get(EVERYTHING), world.pauses.get(f"queue:{job.controls.priority}"), flow.pause)
    return tuple(pause for pause in found if pause)


def _window_end(settings: Settings, world: World) -> datetime:
    return clock.from_ms(0) + (window_number(world.now, settings) + 1) * settings.tick


def _facts(
    settings: Settings,
    world: World,
    window_ends_at: datetime,
    own: Sequence[Any],
    flow: Flow,
    pauses: tuple[Pause, ...],
) -> Facts:
    (failures, cooldown_until), approvals, active_count, active = own
    return Facts(
        now=world.now,
        pauses=pauses,
        dispatched=world.dispatched,
        cap=settings.max_dispatch_per_tick,
        window_ends_at=window_ends_at,
        approvals=tuple(sorted(approvals)),
        failures=int(failures or 0),
        cooldown_until=at(cooldown_until),
        pressure=world.pressure,
        depth=world.depth,
        pressure_low=settings.pressure_low,
        active_runs=tuple(sorted(active)),
        active_count=active_count,
        flow_runs=flow.runs,
        flow_count=flow.count,
        flow_limit=flow.limit,
    )
