"""Playing a scenario without a server and without waiting: the platform's own scheduler, guards and scripts on a clock that jumps.

Everything that decides is the real thing: jobs are made by the operation that every door calls, `GuardedScheduler` ticks,
`dispatch.lua` admits, `exchange.lua` claims and finishes. Only two things are played: the clock, which goes at once to the
next moment at which anything can happen, and the workers, whose runs end after the time that they would have worked.
Equal scenarios and seeds give equal reports.
"""

from collections.abc import Iterator
from datetime import timedelta
from math import ceil
from typing import Any

from runners.engine import operations
from runners.engine.operations import Actor, Role
from runners.engine.platform import Platform
from runners.scheduler import GuardedScheduler
from runners.simulation import fleet, record
from runners.simulation.ground import START, VirtualClock, virtual_platform
from runners.simulation.timeline import Timeline
from runners.simulation.verdict import Scenario, Tick, report, tick
from runners.simulation.workers import VirtualWorkers

ACTOR = Actor("simulation", Role.ADMIN, "system")
LOOKS_AT_MOST = 100


def play(scenario: Scenario, concurrency: int, seed: int, spread: float) -> dict[str, Any]:
    """Return the report on the scenario with `concurrency` runs at once; each works for up to `spread` more or less than said."""
    clock = VirtualClock()
    with virtual_platform(clock) as platform:
        workers = VirtualWorkers(platform.store, platform.settings.lease, concurrency, seed, spread)
        timeline = Timeline(clock, GuardedScheduler(platform), workers)
        ticks = list(_ticks(platform, timeline, scenario))
        _end(platform, timeline, scenario)
        runs = workers.runs(platform.store)
        virtual = {"concurrency": concurrency, "seed": seed, "spread": spread}
        return report(scenario, ticks, runs, virtual=virtual, skipped=_skipped(platform))


def _ticks(platform: Platform, timeline: Timeline, scenario: Scenario) -> Iterator[Tick]:
    """Make the jobs within the first second, as a client that is in no hurry would, and look once per tick, 100 times at most."""
    for place in range(scenario.jobs):
        timeline.go_to(START + timedelta(seconds=place / scenario.jobs))
        name = fleet.job_name(scenario, place)
        operations.save_job(platform, ACTOR, fleet.spec(scenario, name), create_only=True)
    looks = max(1, min(LOOKS_AT_MOST, ceil(scenario.duration_sec / scenario.tick_sec)))
    for number in range(1, looks + 1):
        at_sec = scenario.duration_sec * number / looks
        timeline.go_to(START + timedelta(seconds=at_sec))
        counts = record.counts(timeline.workers.runs(platform.store))
        yield tick(at_sec, counts, counts["queued"], len(timeline.workers.overlapped))


def _end(platform: Platform, timeline: Timeline, scenario: Scenario) -> None:
    """Disable the jobs, and let all that has begun or waits come to its end."""
    for place in range(scenario.jobs):
        operations.set_enabled(platform, ACTOR, fleet.job_name(scenario, place), False)
    timeline.finish()


def _skipped(platform: Platform) -> int:
    counters: Any = platform.store.redis.hgetall(platform.store.keys.metrics)
    return sum(int(number) for name, number in counters.items() if name.startswith("decisions|s|"))
