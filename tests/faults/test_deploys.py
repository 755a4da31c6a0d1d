"""A deploy under load: what runs may finish, the rest is ended and given back whole; versions may differ meanwhile."""

import os
import signal
import time

import pytest

from runners.engine import operations
from tests.faults.deployment import Deployment
from tests.faults.marks import LISTS_SELDOM, STREAMS_ONLY
from tests.faults.test_cancel import OPERATOR
from tests.faults.test_isolation import told_pids
from tests.processes import is_alive
from tests.waiting import allowed, wait_until


@pytest.mark.slow
@LISTS_SELDOM
def test_a_worker_that_is_asked_to_stop_ends_what_it_gives_back(deployment: Deployment) -> None:
    worker = deployment.start("worker", SHUTDOWN_GRACE=f"{min(allowed(3), 20):.0f}", RUN_LEASE_SEC="60")
    deployment.save("deaf", type="rude.do", inputs={"how": "grandchildren"}, timeout_ms=600_000)
    deployment.save("soon", type="polite.tell", inputs={"work_ms": 300})
    deaf = deployment.run("deaf")
    wait_until(lambda: told_pids(deployment))
    soon = deployment.run("soon")
    wait_until(lambda: deployment.oracle.starts_of(soon))
    pids = [deployment.oracle.starts_of(deaf)[0].pid, *told_pids(deployment)]

    os.kill(worker.process.pid, signal.SIGTERM)
    given_back = deployment.wait_for(deaf, "queued", timeout=60)

    assert [pid for pid in pids if is_alive(pid)] == []
    assert len(pids) == 4
    assert (given_back.attempt, given_back.redelivered) == (0, True)
    assert [one.outcome for one in given_back.attempts] == ["returned"]
    assert deployment.record(soon).status == "success"
    assert worker.process.wait(10) == 0
    deployment.spawn.spawned.remove(worker)
    deployment.start("worker")
    deployment.wait_for(deaf, "running")
    operations.cancel_run(deployment.platform, OPERATOR, deaf)
    assert deployment.wait_for(deaf, "cancelled").attempt == 0


@pytest.mark.slow
@STREAMS_ONLY
@pytest.mark.parametrize("type", ["oracle.write", "polite.tell"])
def test_a_field_that_only_a_newer_version_knows_is_passed_over(deployment: Deployment, type: str) -> None:
    deployment.save("newer", type=type)
    run_id = deployment.run("newer")
    store = deployment.platform.store
    store.redis.hset(store.keys.run(run_id), "of_tomorrow", '{"a": [')

    deployment.start("worker")

    assert deployment.wait_for(run_id, "success").attempt == 0


@pytest.mark.slow
@STREAMS_ONLY
def test_a_worker_that_cannot_renew_ends_its_run_with_the_lease(deployment: Deployment) -> None:
    lease_sec = 3.0
    deployment.start("worker", RUN_LEASE_SEC=str(lease_sec))
    policy = {"max_retry": 0, "backoff_sec": [1]}
    deployment.save("deaf", type="rude.do", inputs={"how": "grandchildren"}, timeout_ms=600_000, retry_policy=policy)
    run_id = deployment.run("deaf")
    wait_until(lambda: told_pids(deployment))
    pids = [deployment.oracle.starts_of(run_id)[0].pid, *told_pids(deployment)]

    deployment.server.freeze()
    frozen_at = time.monotonic()
    wait_until(lambda: not any(map(is_alive, pids)))
    took = time.monotonic() - frozen_at
    deployment.server.thaw()

    print(
        f"all {len(pids)} processes were gone {took:.1f} s after the store fell silent, with a lease of {lease_sec} s"
    )
    assert took < lease_sec + 1
    assert deployment.wait_for(run_id, "failed", timeout=20).failure_kind == "lost"
