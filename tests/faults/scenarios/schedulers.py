"""Schedulers side by side, and schedulers that die in the middle of a tick."""

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import let_pass, rounds, schedule_jobs, wait_for_starts

WINDOW_SEC = 3.0


def killed_in_a_tick(deployment: Deployment, seconds: float) -> int:
    """kill -9 the only scheduler between reading who is due and dispatching; another takes over."""
    schedule_jobs(deployment, 60, work_ms=0)
    deployment.start("worker")
    struck = 0
    for _ in rounds(seconds):
        struck += _kill_in_a_tick(deployment)
    deployment.start("scheduler")
    wait_for_starts(deployment, 60)
    return struck


def side_by_side(deployment: Deployment, seconds: float, schedulers: int = 2) -> int:
    """Let schedulers race over 200 jobs of one second each. Counts the slots that they decided."""
    schedule_jobs(deployment, 200, work_ms=0)
    deployment.start_all(*["scheduler"] * schedulers, "worker", "worker")
    let_pass(seconds)
    return len(deployment.oracle.starts())


def _kill_in_a_tick(deployment: Deployment) -> int:
    victim = deployment.start("scheduler")
    for _ in rounds(WINDOW_SEC):
        deployment.freeze(victim)
        if _between_tick_and_dispatch(deployment):
            deployment.kill(victim)
            return 1
        deployment.thaw(victim)
    deployment.kill(victim)
    return 0


def _between_tick_and_dispatch(deployment: Deployment) -> bool:
    """Say whether a job that was due at the start of the last tick is still undecided."""
    redis, keys = deployment.platform.store.redis, deployment.platform.store.keys
    return bool(redis.zcount(keys.due("regular"), "-inf", redis.hget(keys.ticks, "last") or 0))
