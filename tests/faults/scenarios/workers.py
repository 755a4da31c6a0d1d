"""Workers that die, sleep longer than their leases, or are asked to stop in the middle of their runs."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count

from tests.faults.deployment import LEASE_SEC, Deployment
from tests.faults.oracle import Start
from tests.faults.scenarios.load import ask_for, backlog, let_pass, rounds, schedule_jobs
from tests.processes import Spawned, below
from tests.waiting import wait_until

WINDOW_SEC = 3.0
"""How long a worker is looked at before it is killed outside of the window."""
TRIES = 6
"""How many workers are looked at, at most, until one was killed in the window."""
Window = Callable[[Deployment, Spawned], bool]


def killed_in_a_run(deployment: Deployment, seconds: float) -> int:
    """kill -9 a worker, a child of it, and both at once, beside a healthy worker, between a handler's start and its end.

    A killed child fails its run as crashed, and the worker lives.
    """
    schedule_jobs(deployment)
    for number in range(4):
        deployment.put(f"polite-{number}", type="polite.tell", every=1, inputs={"work_ms": 400})
    deployment.start_all("scheduler", "scheduler", "worker")
    struck, over_at = 0, time.monotonic() + seconds
    for number in count():
        victim = deployment.start("worker")
        if number % 3 == 0:
            struck += kill_in_window(deployment, victim, runs_something)
        else:
            struck += _kill_child(deployment, victim, parent_too=number % 3 == 2)
        if number >= 2 and time.monotonic() > over_at:
            return struck
    raise AssertionError("nobody was killed")


def _kill_child(deployment: Deployment, victim: Spawned, *, parent_too: bool) -> int:
    """Kill a child of the worker in the middle of its run, and the worker too if so."""

    def child_in_a_run() -> Start | None:
        found = [start for pid in below(victim.process.pid) for start in deployment.oracle.open_starts(pid)]
        return found[0] if found else None

    start = wait_until(child_in_a_run, 30)
    with suppress(ProcessLookupError):
        os.kill(start.pid, signal.SIGKILL)
    if parent_too:
        deployment.kill(victim)
        return 1
    ended = deployment.wait_for(start.run_id, "retrying", "success", "failed")
    assert victim.process.poll() is None, "the worker died with its child"
    deployment.kill(victim)
    return int(any("signal 9" in str(attempt.error) for attempt in ended.attempts))


def killed_after_claim(deployment: Deployment, seconds: float) -> int:
    """kill -9 a worker that has claimed a run whose handler has not started."""
    return _kill_workers(deployment, seconds, _claimed_and_not_started, burst=300)


def killed_before_result(deployment: Deployment, seconds: float) -> int:
    """kill -9 a worker that has ended a run's handler and not told the store."""
    return _kill_workers(deployment, seconds, _ended_and_not_told, burst=300)


def asleep(deployment: Deployment, seconds: float) -> int:
    """SIGSTOP a worker for longer than its lease: when it goes on, its result is refused. Counts refusals."""
    schedule_jobs(deployment)
    sleeper = deployment.start_all("scheduler", "scheduler", "worker", "worker")[-1]
    deployment.asleep.add(sleeper.process.pid)
    for _ in rounds(seconds):
        wait_until(lambda: deployment.oracle.open_starts(sleeper.process.pid))
        deployment.freeze(sleeper)
        lost = deployment.events("run.lost")
        let_pass(LEASE_SEC)
        wait_until(lambda before=lost: deployment.events("run.lost") > before)
        refused = deployment.events("run.stale_result_refused")
        deployment.thaw(sleeper)
        wait_until(lambda before=refused: deployment.events("run.stale_result_refused") > before)
    return deployment.events("run.stale_result_refused")


def asked_to_stop(deployment: Deployment, seconds: float) -> int:
    """SIGTERM a worker with runs in flight that end within the grace and others that do not. Counts returned runs."""
    deployment.start("scheduler")
    returned = 0
    for number in rounds(seconds):
        worker = deployment.start("worker", SHUTDOWN_GRACE="1", WORKER_CONCURRENCY="16")
        for length, work_ms in (("short", 300), ("long", 3000)):
            deployment.put(f"{length}-{number}", inputs={"work_ms": work_ms})
        short, long = ask_for(deployment, f"short-{number}"), ask_for(deployment, f"long-{number}")
        for run in (short, long):
            wait_until(lambda run=run: deployment.oracle.starts_of(run))
        code = deployment.stop(worker)
        assert code == 0, f"the worker ended with {code}:\n{worker.text()}"
        assert deployment.record(short).status == "success"
        back = deployment.record(long)
        assert (back.status, back.attempt, back.redelivered) == ("queued", 0, True), back
        returned += 1
    deployment.start("worker")
    return returned


def _kill_workers(deployment: Deployment, seconds: float, window: Window, burst: int = 0) -> int:
    """Kill one worker after the other in the window, each over a backlog of its own; another one clears up."""
    deployment.start_all("scheduler", "scheduler")
    struck, over_at = 0, time.monotonic() + seconds
    for tries in count(1):
        backlog(deployment, burst)
        victim = deployment.start("worker", WORKER_CONCURRENCY="2")
        struck += kill_in_window(deployment, victim, window)
        if time.monotonic() > over_at and (struck or tries >= TRIES):
            break
    deployment.start("worker")
    return struck


def kill_in_window(deployment: Deployment, victim: Spawned, window: Window) -> int:
    """Freeze the worker, look where it stands, and kill it there or let it go on; returns 1 if it was killed there."""
    for _ in rounds(WINDOW_SEC):
        deployment.freeze(victim)
        if window(deployment, victim):
            deployment.kill(victim)
            return 1
        deployment.thaw(victim)
    deployment.kill(victim)
    return 0


def runs_something(deployment: Deployment, worker: Spawned) -> bool:
    return bool(deployment.oracle.open_starts(worker.process.pid))


def _claimed_and_not_started(deployment: Deployment, worker: Spawned) -> bool:
    started = {start.run_id for start in deployment.oracle.starts() if start.pid == worker.process.pid}
    return bool(_held(deployment, worker) - started)


def _ended_and_not_told(deployment: Deployment, worker: Spawned) -> bool:
    starts = deployment.oracle.starts()
    ended = {start.run_id for start in starts if start.pid == worker.process.pid and start.ended_at is not None}
    return bool(_held(deployment, worker) & ended)


def _held(deployment: Deployment, worker: Spawned) -> set[str]:
    """Return the runs that the store says are this worker's."""
    store = deployment.platform.store
    leased = store.redis.zrange(store.keys.leases, 0, -1)
    return {run_id for run_id in leased if f"-{worker.process.pid}-" in str(deployment.record(run_id).worker_id)}
