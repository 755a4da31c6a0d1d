"""The processes around a decision die: the web that was told of it, the worker that asked for it or goes on after it.

Jobs ask once each and people decide on all that waits. However often somebody says it, each approval has one decision
and one effect: `approved` and a run that went on to its end, or `rejected` and a run that failed of that.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count

from tests.faults.client import Client
from tests.faults.deployment import Deployment
from tests.faults.scenarios.doors import kill_in_a_post
from tests.faults.scenarios.load import ask_for
from tests.faults.scenarios.workers import TRIES, kill_in_window
from tests.processes import Spawned
from tests.waiting import wait_until

JOBS = 12
VERDICTS = ("approve", "reject", "approve", "reject")
"""What each of the people says of everything."""
WORK_MS = 400
"""How long a start lasts that a worker is killed in."""
DECISIONS = {"approved": ("success", None), "rejected": ("failed", "rejected")}


def web_killed(deployment: Deployment, seconds: float) -> int:
    """kill -9 the web, or only the process that serves, while people decide; counts the kills before all was decided."""
    deployment.start_all("scheduler", "worker")
    keys, redis = deployment.platform.store.keys, deployment.platform.store.redis
    struck, over_at = 0, time.monotonic() + seconds
    for number in count():
        runs = _ask_all(deployment, work_ms=0)
        approvals = [deployment.wait_for(name, "waiting_approval", timeout=30).approval_id for name in runs]
        with _people(deployment, approvals) as people:
            killed = kill_in_a_post(deployment, people, whole=number % 2 == 0)
            struck += int(killed and redis.zcard(keys.approvals_in("pending")) > 0)
            if not deployment.alive("web"):
                deployment.start("web")
        _judge(deployment, runs)
        if time.monotonic() > over_at and (struck or number + 1 >= TRIES):
            return struck
    raise AssertionError("nobody was killed")


def worker_killed(deployment: Deployment, seconds: float) -> int:
    """kill -9 a worker in a start that is about to ask, and in one that goes on with the answer, in turns."""
    deployment.start("scheduler")
    struck, over_at = [0, 0], time.monotonic() + seconds
    with _somebody_agrees(deployment):
        for number in count():
            victim, window = deployment.start("worker"), (_about_to_ask, _goes_on)[number % 2]
            runs = _ask_all(deployment, work_ms=WORK_MS)
            wait_until(partial(window, deployment, victim), 30)
            struck[number % 2] += kill_in_window(deployment, victim, window)
            helper = deployment.start("worker")
            _judge(deployment, runs)
            if time.monotonic() > over_at and (all(struck) or number + 1 >= TRIES):
                return sum(struck) if all(struck) else 0
            deployment.stop(helper)
    raise AssertionError("nobody was killed")


def _ask_all(deployment: Deployment, work_ms: int) -> list[str]:
    """Ask for a run of each job; its own, because a job that waits for people is held. Returns their ids."""
    for number in range(JOBS):
        deployment.put(f"careful-{number}", type="cautious.thread", inputs={"work_ms": work_ms})
    return [ask_for(deployment, f"careful-{number}") for number in range(JOBS)]


@contextmanager
def _people(deployment: Deployment, approvals: list[str]) -> Iterator[Client]:
    """Let people who disagree decide on all, and go on saying so while the block runs; one of them was told of each."""
    over, people = threading.Event(), Client(deployment.client.port)

    def say_on_all(verdict: str) -> list[str]:
        decided = [name for name in approvals if _insist(people, name, verdict) == 200]
        while not over.is_set():
            assert all(_insist(people, name, verdict) == 409 for name in approvals)
        return decided

    with ThreadPoolExecutor(len(VERDICTS)) as pool:
        saying = [pool.submit(say_on_all, verdict) for verdict in VERDICTS]
        try:
            yield people
        finally:
            over.set()
        told = [name for one in saying for name in one.result()]
    assert len(told) == len(set(told)), f"two people were told that they decided: {told}"


def _insist(people: Client, approval_id: str, verdict: str) -> int:
    """Decide, said again until it is told what became of it: 200 by this word, 409 by another, or by this one before."""
    return wait_until(lambda: _say(people, approval_id, verdict), 30)


def _say(people: Client, approval_id: str, verdict: str) -> int:
    """Return the answer's status; 0 when there was none that counts."""
    answer = people.send("POST", f"/approvals/{approval_id}/{verdict}")
    if answer is None or answer.status >= 500:
        return 0
    assert answer.status in (200, 409), answer
    return answer.status


@contextmanager
def _somebody_agrees(deployment: Deployment) -> Iterator[None]:
    """Let somebody agree to whatever waits, while the block runs."""
    over, people = threading.Event(), Client(deployment.client.port)

    def agree() -> None:
        while not over.wait(0.02):
            for row in people.read("/approvals?status=pending"):
                _say(people, row["approval_id"], "approve")

    with ThreadPoolExecutor(1) as pool:
        agreeing = pool.submit(agree)
        try:
            yield
        finally:
            over.set()
        agreeing.result()


def _about_to_ask(deployment: Deployment, worker: Spawned) -> bool:
    """Say whether a run that nobody has decided on is in the worker's hands."""
    return _holds(deployment, worker, asks=0)


def _goes_on(deployment: Deployment, worker: Spawned) -> bool:
    """Say whether a run that was decided on is in the worker's hands."""
    return _holds(deployment, worker, asks=1)


def _holds(deployment: Deployment, worker: Spawned, asks: int) -> bool:
    starts = [one for one in deployment.oracle.open_starts(worker.process.pid) if one.job_id.startswith("careful-")]
    return any((run.status, run.asks) == ("running", asks) for run in (deployment.record(one.run_id) for one in starts))


def _judge(deployment: Deployment, runs: list[str]) -> None:
    """Wait until all have ended, and hold each one's end against its only decision."""
    for name in runs:
        ended = deployment.wait_for(name, "success", "failed", timeout=60)
        (approval,) = deployment.client.read(f"/approvals?job_id={ended.job_id}&limit=1")
        assert (ended.asks, approval["run_id"]) == (1, name), ended
        assert (ended.status, ended.failure_kind) == DECISIONS[approval["status"]], (ended, approval)
        starts = deployment.oracle.starts_of(name)
        assert len(starts) > 1 or approval["status"] == "rejected", starts
        events = deployment.client.read(f"/events?run_id={name}&event_type=run.approval_decided")
        assert len(events) == 1, events
