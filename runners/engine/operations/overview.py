"""The overview: the whole deployment on one page, in a fixed number of round trips however much there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from runners.engine.job import Job
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.operations.watching import DEPTHS_SHOWN
from runners.engine.platform import Platform
from runners.engine.pool import DEFAULT
from runners.engine.readiness import store_fault
from runners.engine.run import Run
from runners.engine.store import deliveries, examination, facts, runs
from runners.engine.store.attention import Leading, leading
from runners.engine.store.deliveries import Unsent
from runners.engine.store.examination import Examination
from runners.engine.store.facts import Counters, DepthSample, QueueFacts
from runners.engine.store.failure_memory import FailureMemory, load_memories
from runners.engine.store.jobs import load_jobs
from runners.engine.store.pools import Pool, read_pools
from runners.engine.store.processes import Process, ProcessStatus, list_processes, online, slots_online

SHOWN = 10
LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Overview:
    """How the whole deployment is. `minutes` and `depths` are oldest first.

    `failing` holds the jobs whose failures reached their threshold, worst first; `poison` the runs of the last day that took
    their process or worker along until no attempt was left, newest first; `attention` the jobs to look at
    first: failing, held, running, due next, any. `scheduler` is the one that beat last, None when none is online;
    `slots` counts this process's WORKER_CONCURRENCY for each worker. `fault` is what is wrong with the store, None for nothing;
    `unsent` are notices that could not be sent in the last day.
    """

    at: datetime
    queue: QueueFacts
    last_hour: Counters
    minutes: list[Counters]
    depths: list[DepthSample]
    processes: list[Process]
    unserved: list[Pool]
    workers: int
    slots: int
    scheduler: Process | None
    failing: list[tuple[Job, FailureMemory]]
    poison: list[Run]
    running: list[Run]
    next: list[Job]
    attention: list[Job]
    jobs: int
    fault: str | None
    examination: Examination
    unsent: Unsent


@operation(Role.VIEWER)
def overview(platform: Platform, actor: Actor) -> Overview:
    """Return how the whole deployment is, now."""
    store = platform.store
    now, processes = store.now(), list_processes(store)
    first = leading(store, SHOWN, now)
    minutes = facts.minutes(store, now)
    found = runs.load_runs(store, [*first.running, *first.poison])
    running = [found[run_id] for run_id in first.running if run_id in found]
    jobs = load_jobs(store, _ids(first, running))
    workers = online(processes)["worker"]
    return Overview(
        at=now,
        queue=facts.queue_facts(store),
        last_hour=facts.total(minutes),
        minutes=minutes,
        depths=facts.depth_samples(store, DEPTHS_SHOWN),
        processes=processes,
        unserved=[pool for pool in read_pools(store, processes) if pool.unserved and pool.name != DEFAULT],
        workers=workers,
        slots=slots_online(processes),
        scheduler=_scheduler(processes),
        failing=_failing(platform, [jobs[job_id] for job_id in first.failing if job_id in jobs]),
        poison=[found[run_id] for run_id in first.poison if run_id in found],
        running=sorted(running, key=lambda run: run.started_at or run.created_at),
        next=_next(jobs[job_id] for job_id in first.next if job_id in jobs),
        attention=list(jobs.values())[:SHOWN],
        jobs=first.jobs,
        fault=store_fault(store, platform.settings),
        examination=examination.load(store),
        unsent=deliveries.unsent(store, now - LATELY),
    )


def _ids(first: Leading, running: Iterable[Run]) -> list[str]:
    """Return every job that the page may show, once, by the attention that it deserves."""
    active = (run.job_id for run in running)
    return list(dict.fromkeys([*first.failing, *first.held, *active, *first.next, *first.any]))


def _scheduler(processes: Iterable[Process]) -> Process | None:
    alive = [one for one in processes if one.type == "scheduler" and one.status is ProcessStatus.ONLINE]
    return max(alive, key=lambda one: one.last_heartbeat_at, default=None)


def _failing(platform: Platform, jobs: list[Job]) -> list[tuple[Job, FailureMemory]]:
    memories = load_memories(platform.store, [job.job_id for job in jobs])
    paired = [(job, memories[job.job_id]) for job in jobs if job.job_id in memories]
    return [(job, memory) for job, memory in paired if memory.consecutive_failures >= job.controls.failure_threshold]


def _next(jobs: Iterable[Job]) -> list[Job]:
    timed = [(job.next_run_at, job) for job in jobs if job.next_run_at]
    return [job for _, job in sorted(timed, key=lambda pair: pair[0])]
