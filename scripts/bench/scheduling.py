"""What the scheduler costs: dispatch of due slots, a tick with nothing due, and unrelated jobs beside 10 000 held slots."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from statistics import median

import ours

from runners.engine.platform import Platform
from runners.scheduler import GuardedScheduler

CAP = {"SCHEDULER_MAX_DISPATCH_PER_TICK": "1000"}
TICKS = 300


HOUR = timedelta(hours=1)
LONG = timedelta(days=100)


class Later:
    """A scheduler on a clock that stands still, and is moved by hand."""

    def __init__(self, platform: Platform) -> None:
        self.now = self.full_hour = platform.store.now()
        store = replace(platform.store, clock=lambda: self.now)
        self.platform = replace(platform, store=store)
        self.scheduler = GuardedScheduler(self.platform)

    def save(self, count: int, prefix: str, every: timedelta, **inputs: object) -> None:
        """Save jobs that fall due together."""
        schedule = {"interval_sec": every // timedelta(seconds=1)}
        for number in range(count):
            ours.save_job(self.platform, f"{prefix}-{number}", self.now, schedule=schedule, inputs=inputs)

    def pass_by(self, length: timedelta) -> None:
        """Let time go by, with a tick just before its end: schedulers looked all the time, no slot is missed."""
        self.full_hour += length
        self.now = self.full_hour - timedelta(seconds=1)
        self.scheduler.enqueue_jobs()
        self.now = self.full_hour

    def dispatch(self, number: int) -> float:
        """Tick until `number` slots have gone out as runs; returns the seconds that took."""
        started, sent = time.perf_counter(), 0
        while sent < number:
            sent += sum(1 for look in self.scheduler.enqueue_jobs() if look.run_slot_at)
            self.now += timedelta(milliseconds=250)
        return time.perf_counter() - started


def start(env: Mapping[str, str]) -> Later:
    """Return a scheduler on an empty server, with the cap raised out of the way."""
    platform = ours.platform({**env, **CAP})
    platform.store.redis.flushall()
    return Later(platform)


def start_beside(env: Mapping[str, str], prefix: str) -> Later:
    """Return a scheduler of a deployment of its own on the same server."""
    return Later(ours.platform({**env, **CAP, "KEY_PREFIX": prefix}))


def dispatch_rate(env: Mapping[str, str], number: int) -> float:
    """Return due slots dispatched per second by one scheduler that knows the jobs: they went out once before."""
    later, took = start(env), 0.0
    later.save(number, "job", HOUR)
    for _ in range(2):
        later.pass_by(HOUR)
        took = later.dispatch(number)
    return number / took


def tick_ms(env: Mapping[str, str], numbers: tuple[int, ...]) -> dict[int, float]:
    """Return the median cost of a tick with nothing due, by the number of jobs, measured alternately with copies of one job.

    The jobs beyond the first are written as copies of its record and index entries: a tick reads none of them.
    """
    platform, found = ours.platform(env), {}
    platform.store.redis.flushall()
    ours.save_job(platform, "job", schedule={"interval_sec": 86400})
    scheduler, made = GuardedScheduler(platform), 1
    for number in numbers:
        copy_job(platform, "job", range(made, number))
        made = number
        found[number] = median(timed(scheduler.enqueue_jobs) for _ in range(TICKS)) * 1000
    return found


def copy_job(platform: Platform, job_id: str, numbers: range) -> None:
    """Copy a job with all that makes it one, many times, in a pipeline."""
    keys, redis = platform.store.keys, platform.store.redis
    record, due = redis.hgetall(keys.job(job_id)), redis.zscore(keys.due("regular"), job_id)
    summary = redis.hget(keys.jobs_index, job_id)
    for start in range(numbers.start, numbers.stop, 1000):
        pipe = redis.pipeline(transaction=False)
        for number in range(start, min(start + 1000, numbers.stop)):
            name = f"{job_id}-{number}"
            pipe.hset(keys.job(name), mapping=record)
            pipe.zadd(keys.jobs, {name: 0})
            pipe.hset(keys.jobs_index, name, summary)
            pipe.zadd(keys.due("regular"), {name: due})
        pipe.execute()


def beside_held(env: Mapping[str, str], held: int, jobs: int = 500, rounds: int = 11) -> float:
    """Return how much longer unrelated jobs take to go out beside `held` slots that a flow limit holds (1.0: not at all).

    Two deployments on one server, one of them without what is held, take turns; the median of the rounds' ratios counts.
    """
    start(env)
    ratios, (without, beside) = [], [_holding(env, number, jobs) for number in (0, held)]
    for number in range(rounds + 1):
        took = {}
        for later in (without, beside) if number % 2 else (beside, without):
            later.pass_by(HOUR)
            took[later] = later.dispatch(jobs)
        ratios.append(took[beside] / took[without])
    return median(ratios[1:])  # the first round reads the jobs


def _holding(env: Mapping[str, str], held: int, jobs: int) -> Later:
    """Return a scheduler whose deployment holds so many slots, and has so many jobs that nothing holds."""
    later = start_beside(env, f"held{held}:")
    later.save(held, f"held{held}", LONG, flow_group="busy", flow_max_active_runs=1)
    later.pass_by(LONG)
    while held and later.platform.store.redis.zcard(later.platform.store.keys.held) < held - 1:
        later.scheduler.enqueue_jobs()
        later.now += timedelta(seconds=1)
    later.now = later.full_hour
    later.save(jobs, f"beside{held}", HOUR)
    return later


def timed(step: Callable[[], object]) -> float:
    """Return the seconds that one step takes."""
    started = time.perf_counter()
    step()
    return time.perf_counter() - started
