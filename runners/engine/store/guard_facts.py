"""Reading what the guards may know: for all jobs of a tick in one pipeline, or for one job on request."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runners.engine import clock
from runners.engine.errors import Unreadable
from runners.engine.guards import BLOCKERS_KEPT, Facts
from runners.engine.job import Job
from runners.engine.run import at
from runners.engine.settings import Settings
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES


@dataclass(frozen=True, slots=True)
class World:
    """What holds for all jobs at one moment."""

    now: datetime
    depth: int
    pressure: bool
    dispatched: int
    paused: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow group's active runs (at most three named) and its lowest stated limit; 0 is none."""

    runs: tuple[str, ...] = ()
    count: int = 0
    limit: int = 0


def read_world(store: Store, settings: Settings) -> World:
    """Return what holds for all jobs now; changes nothing."""
    now = store.now()
    pipe = store.redis.pipeline(transaction=False)
    for priority in PRIORITIES:
        pipe.zcard(store.keys.pending(priority))
    pipe.hget(store.keys.pressure, "on")
    pipe.get(store.keys.window(window_number(now, settings)))
    pipe.exists(store.keys.suspended)
    *depths, on, dispatched, suspended = pipe.execute()
    return World(now, sum(depths), on == "1", int(dispatched or 0), bool(suspended))


def read(store: Store, settings: Settings, jobs: Iterable[Job], world: World) -> dict[str, Facts]:
    """Return the facts of each job by its id, without those that cannot be read; one round trip for all."""
    jobs = tuple(jobs)
    groups = tuple(sorted({job.controls.flow_group for job in jobs if job.controls.flow_group}))
    pipe = store.redis.pipeline(transaction=False)
    for job in jobs:
        pipe.hmget(store.keys.memory(job.job_id), "failures", "cooldown_until")
        pipe.smembers(store.keys.approvals(job.job_id))
        pipe.scard(store.keys.active_of_job(job.job_id))
        pipe.srandmember(store.keys.active_of_job(job.job_id), BLOCKERS_KEPT)
    for group in groups:
        pipe.scard(store.keys.active_of_flow(group))
        pipe.srandmember(store.keys.active_of_flow(group), BLOCKERS_KEPT)
        pipe.zrange(store.keys.flow_limits(group), 0, 0, withscores=True)
    answers = iter(pipe.execute() if jobs else [])
    own = {job.job_id: (next(answers), next(answers), next(answers), next(answers)) for job in jobs}
    flows = {group: _flow(next(answers), next(answers), next(answers)) for group in groups}
    found = {}
    for job in jobs:
        with suppress(ValueError):  # what cannot be read lets nothing through
            group = job.controls.flow_group or ""
            found[job.job_id] = _facts(settings, world, own[job.job_id], flows.get(group, Flow()))
    return found


def read_one(store: Store, settings: Settings, job: Job) -> Facts:
    """Return the facts of one job now. Raises Unreadable: what the guards cannot read lets nothing through."""
    found = read(store, settings, [job], read_world(store, settings))
    if job.job_id not in found:
        raise Unreadable(f"job '{job.job_id}' is held: its failure memory cannot be read; reset the memory")
    return found[job.job_id]


def window_number(now: datetime, settings: Settings) -> int:
    """Return the number of the tick window that `now` lies in (contract §6)."""
    return clock.to_ms(now) // (settings.tick // timedelta(milliseconds=1))


def _flow(count: int, runs: list[str], lowest: list[tuple[str, float]]) -> Flow:
    return Flow(tuple(sorted(runs)), count, int(lowest[0][1]) if lowest else 0)


def _facts(settings: Settings, world: World, own: tuple[Any, ...], flow: Flow) -> Facts:
    (failures, cooldown_until), approvals, active_count, active = own
    return Facts(
        now=world.now,
        paused=world.paused,
        dispatched=world.dispatched,
        cap=settings.max_dispatch_per_tick,
        window_ends_at=clock.from_ms(0) + (window_number(world.now, settings) + 1) * settings.tick,
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
