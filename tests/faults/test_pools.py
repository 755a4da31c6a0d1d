"""Worker pools between processes: a job runs where its tools are, and says so while nobody is there."""

from pathlib import Path

import pytest

from tests.faults import alone, books
from tests.faults.deployment import Deployment
from tests.faults.marks import LISTS_SELDOM
from tests.waiting import wait_until

NOBODY = "no worker of pool gpu is online"


@pytest.mark.slow
@LISTS_SELDOM
@pytest.mark.reproduces("A run stays queued", "its pool has no worker")
def test_a_job_waits_for_a_worker_of_its_pool_and_runs_there(deployment: Deployment) -> None:
    deployment.start_all("web", "scheduler", "worker")
    deployment.put("near", every=1, inputs={"work_ms": 10})
    deployment.put("far", every=1, pool="gpu", inputs={"work_ms": 10})
    client = deployment.client

    (run_id,) = wait_until(lambda: [row["run_id"] for row in client.read("/runs?job_id=far&status=queued")])
    wait_until(lambda: any(NOBODY in warning for warning in client.read("/readyz")["warnings"]))
    explained = client.read(f"/runs/{run_id}/explain")
    pools = {pool["name"]: pool for pool in client.read("/queue")["pools"]}
    wait_until(lambda: len([start for start in deployment.oracle.starts() if start.job_id == "near"]) > 2)

    assert NOBODY in explained["sentence"]
    assert (pools["gpu"]["depth"], pools["gpu"]["workers"], pools["default"]["workers"]) == (1, 0, 1)
    assert [start for start in deployment.oracle.starts() if start.job_id == "far"] == []
    there = deployment.start("worker", WORKER_POOL="gpu")
    wait_until(lambda: len([start for start in deployment.oracle.starts() if start.job_id == "far"]) > 2)
    by_job = {
        job: {start.pid for start in deployment.oracle.starts() if start.job_id == job} for job in ("near", "far")
    }
    assert by_job["far"] == {there.process.pid}
    assert there.process.pid not in by_job["near"]
    assert not [warning for warning in client.read("/readyz")["warnings"] if NOBODY in warning]
    assert deployment.stop(there) == 0
    deployment.start("worker", WORKER_POOL="gpu")
    assert books.close(deployment) == []


@pytest.mark.slow
def test_the_one_process_of_memory_mode_is_a_worker_of_its_pool(tmp_path: Path) -> None:
    with alone.alone(tmp_path, WORKER_POOL="gpu") as whole:
        whole.start("web")
        for job, pool in (("near", "default"), ("far", "gpu")):
            whole.put(job, pool=pool, inputs={"work_ms": 1})

        near, far = whole.run("near"), whole.run("far")

        wait_until(lambda: whole.record(far).status == "success")
        assert whole.record(near).status == "queued"
