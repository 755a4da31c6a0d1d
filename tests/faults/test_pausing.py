"""A whole deployment is paused, resumed and drained, and the effect is counted outside of it: in what its handlers wrote."""

import pytest

from runners.engine import operations
from runners.engine.operations import Actor, Role
from tests.faults import books
from tests.faults.deployment import Deployment
from tests.faults.marks import LISTS_SELDOM
from tests.waiting import wait_until

ANA = Actor("ana", Role.OPERATOR, "cli")


@pytest.mark.slow
@LISTS_SELDOM
def test_a_drained_worker_ends_what_it_has_and_takes_no_more(deployment: Deployment) -> None:
    first = deployment.start("worker", WORKER_CONCURRENCY="1")
    deployment.save("job", inputs={"work_ms": 1500, "allow_overlap": True})
    begun = deployment.run("job")
    wait_until(lambda: deployment.oracle.starts_of(begun))
    (worker,) = [one for one in operations.agents(deployment.platform, ANA) if one.type == "worker"]

    operations.drain_agent(deployment.platform, ANA, worker.id)

    left = [deployment.run("job") for _ in range(3)]
    deployment.wait_for(begun, "success")
    wait_until(lambda: "drained" in doing(deployment, worker.id))
    assert not any(deployment.oracle.starts_of(run) for run in left)
    deployment.start("worker")
    for run in left:
        deployment.wait_for(run, "success")
    assert "drained" in doing(deployment, worker.id)
    assert deployment.stop(first) == 0
    assert deployment.platform.store.redis.hlen(deployment.platform.store.keys.paused) == 0


@pytest.mark.slow
@LISTS_SELDOM
def test_a_worker_that_is_asked_to_stop_ends_and_gives_back_what_it_cannot_finish(deployment: Deployment) -> None:
    first = deployment.start("worker", WORKER_CONCURRENCY="1", SHUTDOWN_GRACE="1")
    deployment.save("long", inputs={"work_ms": 6000, "allow_overlap": True})
    begun = deployment.run("long")
    wait_until(lambda: deployment.oracle.starts_of(begun), 30)
    (worker,) = [one for one in operations.agents(deployment.platform, ANA) if one.type == "worker"]

    operations.stop_agent(deployment.platform, ANA, worker.id)

    assert first.process.wait(30) == 0
    given_back = deployment.record(begun)
    assert (given_back.status, given_back.attempt) == ("queued", 0)
    (left,) = [one for one in operations.agents(deployment.platform, ANA) if one.id == worker.id]
    assert left.left_at and left.stopping is None
    deployment.start_all("scheduler", "worker")
    assert deployment.wait_for(begun, "success", timeout=60).redelivered
    assert len(deployment.oracle.starts_of(begun)) == 2
    assert books.close(deployment) == []


@LISTS_SELDOM
def test_what_is_paused_begins_nowhere_and_goes_on_when_it_is_resumed(deployment: Deployment) -> None:
    deployment.start_all("scheduler", "worker")
    deployment.save("steady", every=1, inputs={"work_ms": 10, "pressure_priority": "low"})
    deployment.save("other", every=1, inputs={"work_ms": 10})
    wait_until(lambda: starts(deployment, "steady") and starts(deployment, "other"))

    operations.pause_queue(deployment.platform, ANA, "low")
    wait_until(lambda: deployment.job("steady").held)
    before, others = starts(deployment, "steady"), starts(deployment, "other")
    wait_until(lambda: starts(deployment, "other") >= others + 3)

    assert starts(deployment, "steady") == before
    operations.resume_queue(deployment.platform, ANA, "low")
    wait_until(lambda: starts(deployment, "steady") > before)
    counted = [
        one for one in operations.decisions(deployment.platform, ANA, "steady", 50).decisions if one.reason == "paused"
    ]
    print(f"{sum(one.count for one in counted)} slots fell due while their priority was paused")
    assert sum(one.count for one in counted) >= 2
    assert books.close(deployment) == []


def starts(deployment: Deployment, job_id: str) -> int:
    """Return how often a handler of the job has begun."""
    runs = operations.list_runs(deployment.platform, ANA, operations.RunFilter(job_id=job_id), limit=500).rows
    return sum(len(deployment.oracle.starts_of(run.run_id)) for run in runs)


def doing(deployment: Deployment, process_id: str) -> str:
    """Return what a process says that it does."""
    return next(one.doing for one in operations.agents(deployment.platform, ANA) if one.id == process_id)
