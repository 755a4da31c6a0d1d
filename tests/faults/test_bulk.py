"""A bulk operation does each run once, whoever is killed in the middle of it; from the terminal, to the store."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from runners.engine.store.bulks import load_bulk
from tests.faults.deployment import Deployment
from tests.faults.marks import STREAMS_ONLY
from tests.processes import CHECKOUT
from tests.waiting import wait_until

pytestmark = [STREAMS_ONLY, pytest.mark.slow]
RUNS = 200


def multijob(deployment: Deployment, *words: str) -> Any:
    """Run one command to its end and return the JSON that it printed."""
    env = {**os.environ, "MULTIJOB_URL": f"http://127.0.0.1:{deployment.env['PORT']}"}
    command = [sys.executable, "-m", "runners.cli", *words, "--json"]
    done = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def queued(deployment: Deployment) -> Deployment:
    """Runs that wait for a worker, a web process and two schedulers."""
    deployment.start("web")
    deployment.start_all("scheduler", "scheduler")
    inputs = {"allow_overlap": True, "work_ms": 10, "pressure_priority": "critical"}  # so many runs are a pressure
    deployment.save("many", type="simulation.heavy", inputs=inputs)
    for _ in range(RUNS):
        deployment.run("many")
    return deployment


def progress(deployment: Deployment, bulk_id: str) -> dict[str, Any]:
    found: dict[str, Any] = deployment.client.read(f"/runs/bulk/{bulk_id}")
    return found


def left(deployment: Deployment, bulk_id: str) -> int:
    """Return how many runs are left, without a web process."""
    bulk = load_bulk(deployment.platform.store, bulk_id)
    return bulk.left if bulk else 0


def test_each_run_is_cancelled_once_and_put_back_once_whoever_is_killed(queued: Deployment) -> None:
    words = ("run", "bulk", "cancel", "--job", "many", "--expected", str(RUNS), "--no-wait")
    bulk_id = multijob(queued, *words)["bulk_id"]
    wait_until(lambda: progress(queued, bulk_id)["done"] > 0, 20)

    for kind in ("web", "scheduler"):
        queued.kill(queued.alive(kind)[0])
    struck = [left(queued, bulk_id)]
    queued.start("web")
    wait_until(lambda: progress(queued, bulk_id)["status"] == "finished", 60)
    cancelled = progress(queued, bulk_id)
    multijob(queued, "run", "bulk", "undo", bulk_id, "--no-wait")
    wait_until(lambda: progress(queued, bulk_id)["undone"] > 0, 20)
    queued.kill(queued.alive("scheduler")[0])
    struck.append(left(queued, bulk_id))
    queued.start("scheduler")
    wait_until(lambda: progress(queued, bulk_id)["status"] == "undone", 60)

    print(f"struck with {struck} runs left")
    assert min(struck) > 0
    assert (cancelled["done"], cancelled["skipped"]) == (RUNS, 0)
    assert progress(queued, bulk_id)["undone"] == RUNS
    assert queued.client.count("/runs?job_id=many&status=cancelled") == RUNS
    assert queued.client.count("/runs?job_id=many&status=queued") == RUNS
    items = multijob(queued, "run", "bulk", "show", bulk_id)
    assert (items["left"], items["kept"], items["withdrawn"]) == (0, 0, 0)
