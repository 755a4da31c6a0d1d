"""Schedulers side by side, and schedulers that die in the middle of a tick."""

import time

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import let_pass, rounds, schedule_jobs, wait_for_starts
from tests.processes import Spawned

WINDOW_SEC = 3.0
BATCH = 6
"""So many schedulers are started side by side, and then killed one after the other."""
LONG_SEC, MOST_KILLS = 60.0, 200
LONGEST_SEC = 600.0
"""200 kills take 200 starts, of about a second of processor time each; a slow machine ends with fewer, and says how many."""


def killed_in_a_tick(deployment: Deployment, seconds: float) -> int:
    """kill -9 the only scheduler between reading who is due and dispatching, one after the other; the last one lives.

    In the long form, of a minute or more, 200 times, or for `LONGEST_SEC`.
    """
    schedule_jobs(deployment, 60, work_ms=0)
    deployment.start_all("worker", "worker")
    is_long, started = seconds >= LONG_SEC, time.monotonic()
    struck, longest = 0, LONGEST_SEC if is_long else seconds
    while struck < 1 or (struck < MOST_KILLS and time.monotonic() - started < longest):
        struck += sum(_kill_in_a_tick(deployment, victim) for victim in _asleep(deployment))
    print(f"{struck} schedulers were killed in a tick, in {time.monotonic() - started:.0f} s")
    deployment.start_all("scheduler", "scheduler")
    wait_for_starts(deployment, 60)
    return struck


def side_by_side(deployment: Deployment, seconds: float) -> int:
    """Let two, then five schedulers race over 200 jobs of one second each. Counts the slots that they decided."""
    schedule_jobs(deployment, 200, work_ms=0)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    let_pass(seconds / 2)
    deployment.start_all(*["scheduler"] * 3)
    let_pass(seconds / 2)
    return len(deployment.oracle.starts())


def _asleep(deployment: Deployment) -> list[Spawned]:
    """Start schedulers and stop each, so that one at a time can be woken."""
    started = deployment.start_all(*["scheduler"] * BATCH)
    for one in started:
        deployment.freeze(one)
    return started


def _kill_in_a_tick(deployment: Deployment, victim: Spawned) -> int:
    """Let it go on for moments, until it stands in the window, and kill it there; 1 if it did."""
    for _ in rounds(WINDOW_SEC):
        if _between_tick_and_dispatch(deployment):
            deployment.kill(victim)
            return 1
        deployment.thaw(victim)
        deployment.freeze(victim)
    deployment.kill(victim)
    return 0


def _between_tick_and_dispatch(deployment: Deployment) -> bool:
    """Say whether a job that was due at the start of the last tick is still undecided."""
    redis, keys = deployment.platform.store.redis, deployment.platform.store.keys
    return bool(redis.zcount(keys.due("regular"), "-inf", redis.hget(keys.ticks, "last") or 0))
