#!/usr/bin/env python3
"""Fill an empty store with jobs, flow groups and a history of runs, as the protocol would have left them.

    REDIS_URL=redis://127.0.0.1:6379/0 DATA_DIR=/tmp/seeded python scripts/seed_history.py --runs 1000000 --jobs 10000 --groups 200

Jobs are saved, a flow group is paused and its slots are held by the protocol itself; the runs, which would take hours, are
written in pipelines: records, indexes, decisions, heat strips, failure memory, counters, and the newest events. `multijob
doctor` finds nothing wrong with the result. Times of one job fit together; those of different jobs are drawn apart, so a
group's runs are not compared with its limit. A deployment that is to keep a million runs needs RUNS_KEPT=1000000, or its
schedulers drop the oldest. Refuses a store that has any job.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from runners.engine import clock, settings
from runners.engine.audit import Author
from runners.engine.job import Job, validate
from runners.engine.platform import Platform, open_platform
from runners.engine.protocol import define, retention
from runners.engine.protocol import pause as pausing
from runners.engine.protocol.dispatch import dispatch, tick
from runners.engine.store import guard_facts
from runners.engine.store.jobs import load_job, load_jobs
from runners.scheduler import decide
from scripts.seeding.books import Books
from scripts.seeding.history import History
from scripts.seeding.life import Slot, life, with_blockers
from scripts.seeding.specs import Planned, planned

SEEDER = Author("seeder", "system")
STEP_MS, HALF_MS = 300_000, 150_000
"""The store is left as it was at the last moment half way between two times that are multiples of five minutes: there no
slot of a cron job is near, so that the newest run of each job has ended, and its next slot is ahead."""
SETTLED_MS = 100_000
"""The newest decided slot is this old at least, so that its run has ended."""
EVENTS_OF_A_RUN = 3
JOBS_AT_ONCE = 20
DISABLED_ONE_IN = 50


def seed(platform: Platform, jobs: int, groups: int, runs: int, events: int) -> Books:
    """Fill the store; `events` is about how many of the newest events there are. Raises SystemExit if it has jobs."""
    if platform.store.redis.exists(platform.store.keys.jobs):
        raise SystemExit("the store has jobs already; name an empty database")
    now_ms = (clock.to_ms(platform.store.now()) - HALF_MS) // STEP_MS * STEP_MS + HALF_MS
    store = replace(platform.store, clock=lambda: clock.from_ms(now_ms))
    platform = replace(platform, store=store)
    plans = [planned(number, groups) for number in range(jobs)]
    paused = next((plan.flow_group for plan in plans if plan.flow_group), "")
    lives = [_Life.of(plan, _share(runs, jobs, plan.number), now_ms, plan.flow_group == paused) for plan in plans]
    longest = max((now_ms - one.made_ms for one in lives), default=0)
    part = min(1.0, events / max(1, EVENTS_OF_A_RUN * runs))
    books = Books(platform, now_ms, now_ms - int(longest * part) if part < 1 else 0)
    save_all(platform, lives)
    write_all(platform, books, lives)
    if paused:
        pausing.pause(store, ("flow", paused), SEEDER)
        hold_due(platform)
    for plan in plans[DISABLED_ONE_IN - 1 :: DISABLED_ONE_IN]:
        if job := load_job(store, plan.job_id):
            define.set_enabled(store, job, False, SEEDER, store.now())
    while retention.sweep(store, replace(platform.settings, runs_kept=10 * runs + 100), store.now()):
        pass
    return books


class _Life:
    """A job that is to be made, when it was made, and its slots, which are drawn anew each time they are asked for."""

    def __init__(self, plan: Planned, runs: int, last_ms: int) -> None:
        self.plan, self.runs = plan, runs
        number = max((slot.number for slot in self.slots()), default=0)
        self.made_ms = last_ms - number * plan.interval_ms

    @classmethod
    def of(cls, plan: Planned, runs: int, now_ms: int, one_is_open: bool) -> "_Life":
        """Return the life whose newest decided slot is the last one before now, or the one before it."""
        settled = now_ms - SETTLED_MS
        if plan.aligned:
            last_ms = settled // plan.interval_ms * plan.interval_ms
        else:
            last_ms = settled - random.Random(plan.number).randrange(plan.interval_ms - SETTLED_MS)
        return cls(plan, runs, last_ms - plan.interval_ms * one_is_open)

    def slots(self) -> list[Slot]:
        """Return the job's slots, oldest first."""
        drawn = life(random.Random(self.plan.number), self.runs, self.plan.guards, self.plan.failing)
        return list(with_blockers(drawn, self.plan.interval_ms))


def _share(runs: int, jobs: int, number: int) -> int:
    return runs // jobs + (number < runs % jobs)


def save_all(platform: Platform, lives: Sequence[_Life]) -> None:
    """Save every job at the time at which it was made, oldest first."""
    for one in sorted(lives, key=lambda one: one.made_ms):
        made_at = clock.from_ms(one.made_ms)
        then = replace(platform.store, clock=lambda at=made_at: at)
        define.save(then, validate(one.plan.raw, platform.catalog), True, None, SEEDER, made_at)


def write_all(platform: Platform, books: Books, lives: Sequence[_Life]) -> None:
    """Write every job's history, a few jobs in one pipeline."""
    store = platform.store
    for start in range(0, len(lives), JOBS_AT_ONCE):
        batch = lives[start : start + JOBS_AT_ONCE]
        found: dict[str, Job] = load_jobs(store, [one.plan.job_id for one in batch])
        pipeline = store.redis.pipeline(transaction=False)
        for one in batch:
            if one.runs:
                History(books, pipeline, found[one.plan.job_id], one.plan.interval_ms).write(one.slots())
        pipeline.execute()
    pipeline = store.redis.pipeline(transaction=False)
    books.close(pipeline)
    pipeline.execute()


def hold_due(platform: Platform) -> None:
    """Look at the slots that are due, as a scheduler does: those of the paused group are held."""
    store, configured = platform.store, platform.settings
    while True:
        start = tick(store, configured, limit=configured.max_dispatch_per_tick)
        due = load_jobs(store, dict.fromkeys((*start.critical, *start.regular)))
        if not due:
            return
        looks = decide(due.values(), guard_facts.read(store, configured, due.values(), start.world), start)
        dispatch(store, configured, looks)


def main() -> None:
    """Seed the store of the environment, and say what it cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--groups", type=int, default=200)
    parser.add_argument("--events", type=int, default=100_000, help="about how many of the newest events are kept")
    asked = parser.parse_args()
    platform = open_platform(settings.read(os.environ))
    started, busy, before = time.monotonic(), time.process_time(), _used(platform)
    books = seed(platform, asked.jobs, asked.groups, asked.runs, asked.events)
    took, busy, grown = time.monotonic() - started, time.process_time() - busy, _used(platform) - before
    print(f"{books.runs:,} runs of {asked.jobs:,} jobs in {took:.1f} s: {books.runs / took:,.0f} runs per second")
    print(f"{busy / max(1, books.runs) * 1e6:,.0f} µs of this process's time per run, the server's beside it")
    print(f"{grown / 1e6:,.0f} MB in all, {grown / max(1, books.runs):,.0f} bytes per run")


def _used(platform: Platform) -> int:
    return int(dict(platform.store.redis.info("memory"))["used_memory"])


if __name__ == "__main__":
    main()
