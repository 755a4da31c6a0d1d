"""A worker that dies in the middle of a run: the run is executed again, marked, in time, and its job goes on."""

import pytest

from tests.faults import books
from tests.faults.deployment import RECOVERY_SEC, Deployment
from tests.faults.marks import LISTS_SELDOM
from tests.processes import Spawned
from tests.waiting import wait_until

WORK_SEC = 1.5


@LISTS_SELDOM
def test_a_killed_worker_s_run_ends_in_time_and_its_job_goes_on(deployment: Deployment) -> None:
    _, *workers = deployment.start_all("scheduler", "worker", "worker")
    deployment.save("long", inputs={"work_ms": int(WORK_SEC * 1000)})
    name = deployment.run("long")

    killed_at = kill_its_worker(deployment, name, workers)
    second = wait_until(lambda: deployment.oracle.starts_of(name)[1:])[0]
    run = deployment.wait_for(name, "success")

    print(f"struck 1 time; started again after {second.started_at - killed_at:.2f} s of {RECOVERY_SEC:.2f} s")
    assert second.started_at - killed_at <= RECOVERY_SEC
    assert (second.redelivered, second.attempt) == (True, 1)
    assert [attempt.outcome for attempt in run.attempts] == ["lost", "success"]
    assert deployment.wait_for(deployment.run("long"), "success")
    assert books.run_problems(deployment) == []


@pytest.mark.slow
@LISTS_SELDOM
def test_without_a_scheduler_workers_recover_each_other_s_runs(deployment: Deployment) -> None:
    workers = deployment.start_all("worker", "worker")
    deployment.save("long", inputs={"work_ms": int(WORK_SEC * 1000)})
    name = deployment.run("long")

    kill_its_worker(deployment, name, workers)

    assert deployment.wait_for(name, "success").redelivered
    assert books.run_problems(deployment) == []


@pytest.mark.slow
@LISTS_SELDOM
@pytest.mark.reproduces("A handler fails", "`lost`")
def test_a_run_that_must_not_be_repeated_fails_as_lost(deployment: Deployment) -> None:
    _, *workers = deployment.start_all("scheduler", "worker")
    deployment.save("once", inputs={"work_ms": 5000}, on_worker_lost="fail")
    name = deployment.run("once")

    kill_its_worker(deployment, name, workers)

    assert deployment.wait_for(name, "failed").failure_kind == "lost"
    assert len(deployment.oracle.starts_of(name)) == 1
    assert books.run_problems(deployment) == []


def kill_its_worker(deployment: Deployment, run_id: str, workers: list[Spawned]) -> float:
    """kill -9 the worker that has started the run; return when."""
    start = wait_until(lambda: deployment.oracle.starts_of(run_id))[0]
    (victim,) = [worker for worker in workers if worker.process.pid == start.pid]
    deployment.kill(victim)
    return deployment.killed[start.pid]
