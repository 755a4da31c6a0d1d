"""The scheduler process: rq-scheduler's life (birth, death, heartbeat, signals), with a tick that decides by guards.

Any number may run: each decision is compared and set in the store, so a second scheduler only does work twice.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from uuid import uuid4

import structlog
from redis.exceptions import RedisError, ResponseError
from rq_scheduler import Scheduler

from runners.bulk_work import BulkWork
from runners.engine.events import EventType
from runners.engine.guards import Facts
from runners.engine.job import Job
from runners.engine.look import Look, look
from runners.engine.platform import Platform
from runners.engine.protocol import events, insight, leading, retention
from runners.engine.protocol.dispatch import Tick, dispatch, set_aside, tick
from runners.engine.queue import QUEUES, register_queues
from runners.engine.store import facts, guard_facts, jobs
from runners.engine.store.away import is_full
from runners.examining import Examining
from runners.notifier import Notifying
from runners.process import Beating
from runners.tracing import tracing
from runners.upkeep import Upkeep

LOG = structlog.get_logger("runners.scheduler")
SWEEP_SEC = 5.0
LEADS_FOR = timedelta(seconds=12)
"""Without a word from the scheduler that leads; longer than two sweeps, so that one that is late changes nothing."""
LONGEST_PAUSE_SEC = 1.0
BEYOND_CAP = 100
"""Due jobs of each lane that are looked at beyond the cap, in place of those that a guard will hold."""


class GuardedScheduler(Scheduler):
    """An rq-scheduler whose `enqueue_jobs` is one guarded tick. It takes no lock: safety rests on compare-and-set."""

    def __init__(self, platform: Platform) -> None:
        name = f"scheduler-{os.getpid()}-{uuid4().hex[:6]}"
        interval = platform.settings.tick.total_seconds()
        super().__init__(QUEUES[0], connection=platform.store.rq_redis, interval=interval, name=name)
        self.platform = platform
        self.upkeep = Upkeep(platform)
        self.bulk_work = BulkWork(platform)
        self.decided: Counter[str] = Counter()
        self.tick_ms = 0.0
        self._sweep_at = 0.0
        self._capped = False
        self._full_since: float | None = None
        self._ticks: Counter[str] = Counter()
        self._unreadable: set[str] = set()
        self._asked_to_stop = False

    def run(self, burst: bool = False, stop: threading.Event | None = None) -> None:
        """Tick until SIGTERM or SIGINT, or until `stop` is set; once only in burst mode.

        rq-scheduler's own loop sleeps by the wall clock, and a clock set back would stop it for hours.
        """
        ending = stop or threading.Event()
        self._install_signal_handlers()
        pause = self._interval
        try:
            while not (burst or self._asked_to_stop or ending.is_set()):
                started = time.monotonic()
                pause = self._interval if self._tick_safely() else min(pause * 2, LONGEST_PAUSE_SEC)
                ending.wait(max(0.0, pause - (time.monotonic() - started)))
            if burst:
                self.enqueue_jobs()
        finally:
            self._leave()

    def heartbeat(self) -> None:
        """Stay registered with rq-scheduler's tools; register again after the store was emptied, or away for long."""
        if not self.connection.expire(self.key, int(self._interval) + 10):
            register_queues(self.connection)
            self.register_birth()

    def enqueue_jobs(self) -> list[Look]:
        """Do one tick: start it, read the facts, decide, dispatch. Returns the looks that were carried out."""
        settings, store = self.platform.settings, self.platform.store
        start = self._begin()
        due = self._due(start)
        known = guard_facts.read(store, settings, due.values(), start.world)
        self._put_aside({*start.critical, *start.regular} - known.keys())
        readable = [job for job in due.values() if job.job_id in known]
        looks = decide(readable, known, start)
        self._say_capped(len(readable) - len(looks))
        self.decided.update(dispatch(store, settings, looks))
        return looks

    def _begin(self) -> Tick:
        """Start a tick. A full store refuses it, and notes nothing: whoever was refused tells it how long when it is well again."""
        settings, now = self.platform.settings, time.monotonic()
        limit = settings.max_dispatch_per_tick + BEYOND_CAP
        full_for = timedelta(seconds=now - self._full_since) if self._full_since else timedelta(0)
        try:
            start = tick(self.platform.store, settings, limit, full_for)
        except RedisError as error:
            self._full_since = (self._full_since or now) if is_full(error) else None
            raise
        self._full_since = None
        return start

    def _say_capped(self, left: int) -> None:
        """Write one event when the cap begins to leave due jobs for later windows."""
        if left and not self._capped:
            cap = self.platform.settings.max_dispatch_per_tick
            events.append(self.platform.store, EventType.SCHEDULER_DISPATCH_CAPPED, {"left": left, "cap": cap})
        self._capped = bool(left)

    def _due(self, start: Tick) -> dict[str, Job]:
        """Return the due jobs in their turn."""
        names = dict.fromkeys(chain(start.critical, start.regular))
        found = jobs.load_jobs(self.platform.store, names)
        ordered = in_turn(found, start, self.platform.settings.max_dispatch_per_tick)
        return {job.job_id: job for job in ordered}

    def _put_aside(self, job_ids: Set[str]) -> None:
        """Name once each job whose record or facts cannot be read; its slots wait until they can."""
        for job_id in job_ids - self._unreadable:
            LOG.error("job.unreadable", job_id=job_id)
        self._unreadable |= job_ids
        if job_ids:
            set_aside(self.platform.store, job_ids)

    def _tick_safely(self) -> bool:
        """Tick, keep up, and beat; False when the store was away or refused."""
        started = time.monotonic()
        try:
            steps = (self.enqueue_jobs, self.upkeep.step, self.bulk_work.step, self._sweep, self.heartbeat)
            went_well = [_went_well(step) for step in steps]
        except RedisError as error:
            LOG.warning("tick.failed", error=str(error))
            return False
        if not all(went_well):
            return False
        self.tick_ms = (time.monotonic() - started) * 1000
        self._ticks[bucket(self.tick_ms)] += 1
        self._ticks["tick_ms"] += round(self.tick_ms)
        return True

    def _sweep(self) -> None:
        """Now and then add up this scheduler's ticks; the one that leads also drops what is over, and keeps how runs spread."""
        if time.monotonic() < self._sweep_at:
            return
        store, dropped = self.platform.store, 0
        self._sweep_at = time.monotonic() + SWEEP_SEC  # also where it is refused: each tick would try again
        if leading.lead(store, self.name, LEADS_FOR):
            dropped = retention.sweep(store, self.platform.settings, store.now())
            insight.keep_spread(store)
        if dropped >= retention.BATCH:
            self._sweep_at = 0.0
        ticks, self._ticks = self._ticks, Counter()
        facts.add(store, ticks)

    def _leave(self) -> None:
        try:
            leading.leave(self.platform.store, self.name)
            self.register_death()
        except RedisError as error:
            LOG.warning("store.away", error=str(error))

    def _install_signal_handlers(self) -> None:
        """End after this tick. rq-scheduler's own ask a store that may not answer, and raise out of whatever runs.

        A plain flag, because an event may not be set while the interrupted thread waits for it.
        """

        def stop(*_: object) -> None:
            self._asked_to_stop = True

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, stop)
            signal.signal(signal.SIGTERM, stop)


def decide(due: Iterable[Job], known: Mapping[str, Facts], start: Tick) -> list[Look]:
    """Look at each due job in turn, counting what this tick has let out already. Pure."""
    looks: list[Look] = []
    dispatched, flows = start.world.dispatched, Counter[str]()
    for job in due:
        group = job.controls.flow_group or ""
        own = known[job.job_id]
        own = replace(own, dispatched=dispatched, flow_count=own.flow_count + flows[group])
        decided = look(job, own, start.gap)
        if decided is None:
            continue
        looks.append(decided)
        if decided.run_slot_at:
            dispatched += 1
            flows[group] += 1
    return looks


def in_turn(found: Mapping[str, Job], start: Tick, cap: int) -> list[Job]:
    """Return the due jobs in the order in which they may go out. Pure.

    Critical jobs come first, but regular ones keep an eighth of the cap, so that they never starve. Within each, who
    has waited longest comes first: a slot that falls due now does not overtake one that a guard has just let go.
    """
    critical = sorted((found[name] for name in start.critical if name in found), key=_waits_since)
    regular = sorted((found[name] for name in start.regular if name in found), key=_waits_since)
    first = max(1, cap - cap // 8) if regular else cap
    return [*critical[:first], *regular, *critical[first:]]


def _waits_since(job: Job) -> datetime:
    return (job.held.since if job.held else job.next_run_at) or job.created_at


def bucket(tick_ms: float) -> str:
    """Return the counter of a tick's duration (`facts.py`)."""
    edge = 1
    while edge < tick_ms and edge < 4_194_304:
        edge *= 4
    return f"tick|{edge}"


def _went_well(step: Callable[[], object]) -> bool:
    """Do one step of a tick; False when the store refused it.

    The next steps are tried all the same: a batch that is refused must not keep retries and lost runs from moving on.
    """
    try:
        step()
    except ResponseError as error:
        LOG.warning("tick.refused", error=str(error))
        return False
    return True


def main(platform: Platform, stop: threading.Event | None = None) -> None:
    """Run a scheduler until SIGTERM or SIGINT, or until `stop` is set (memory mode, where it is a thread)."""
    scheduler = GuardedScheduler(platform)
    with (
        Beating(platform, "scheduler", scheduler.name, lambda: doing(scheduler)),
        Notifying(platform),
        Examining(platform, scheduler.name),
        tracing(platform),
    ):
        scheduler.run(stop=stop)


def doing(scheduler: GuardedScheduler) -> str:
    """Return in a few words what the scheduler does now."""
    return f"ticking every {scheduler._interval:g} s, last tick took {scheduler.tick_ms:.0f} ms"
