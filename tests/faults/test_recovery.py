"""A worker that dies, and a worker that was only asleep: the run goes on, and no result counts twice."""

import time

from tests.faults.deployment import RECOVERY_SEC, Deployment
from tests.waiting import wait_until


def test_a_killed_worker_s_run_is_executed_again_in_time(deployment: Deployment) -> None:
    deployment.start("scheduler")
    victim = deployment.start("worker")
    deployment.save("long", inputs={"work_ms": 60_000})
    run = deployment.run("long")
    wait_until(lambda: deployment.oracle.starts_of(run))
    deployment.save("long", inputs={"work_ms": 0})

    deployment.start("worker")
    deployment.kill(victim)
    killed_at = time.monotonic()
    second = wait_until(lambda: deployment.oracle.starts_of(run)[1:])[0]

    assert second.redelivered
    assert second.attempt == 1
    assert second.started_at - killed_at <= RECOVERY_SEC
