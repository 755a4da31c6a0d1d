"""What a bulk operation must know of jobs beside their records: only what its action asks for."""

from __future__ import annotations

from collections.abc import Iterable

from runners.engine import guards
from runners.engine.bulk import Action
from runners.engine.job import Job
from runners.engine.job_bulk import Situation, Wish
from runners.engine.platform import Platform
from runners.engine.seen import passed_over
from runners.engine.store import guard_facts
from runners.engine.store.reads import Reads


def situations(platform: Platform, wish: Wish, found: Iterable[Job]) -> dict[str, Situation]:
    """Return the situation of each job; a fixed number of round trips for any number of them."""
    listed, now = list(found), platform.store.now()
    if wish.action is Action.DELETE:
        return _active(platform, listed)
    if wish.action is Action.RUN:
        return _held(platform, listed)
    return {job.job_id: Situation(now) for job in listed}


def _active(platform: Platform, listed: list[Job]) -> dict[str, Situation]:
    store, now = platform.store, platform.store.now()
    reads = Reads(store)
    for job in listed:
        reads.scard(store.keys.active_of_job(job.job_id))
    return {job.job_id: Situation(now, active=count) for job, count in zip(listed, reads.execute(), strict=True)}


def _held(platform: Platform, listed: list[Job]) -> dict[str, Situation]:
    store, settings = platform.store, platform.settings
    world = guard_facts.read_world(store, settings)
    known = guard_facts.read(store, settings, listed, world)
    asked = passed_over(asked=True, ignored=False)
    return {
        job.job_id: Situation(world.now, hold=guards.first_hold(job, known[job.job_id], asked))
        for job in listed
        if job.job_id in known
    }
