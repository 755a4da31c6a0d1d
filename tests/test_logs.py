"""What processes log: whole lines in the format that is asked for, and never a reason to end."""

import json
from pathlib import Path

import pytest

from tests.faults.deployment import Deployment, deployed
from tests.servers import free_port
from tests.waiting import wait_until

LOUD = {
    "type": "oracle.raise",
    "inputs": {"how": "base_exception"},
    "retry_policy": {"max_retry": 0, "backoff_sec": [0]},
}


@pytest.fixture
def deployment(tmp_path: Path):
    with deployed("streams", tmp_path) as found:
        yield found


def test_every_line_of_a_worker_and_a_web_process_is_json_when_asked_for(deployment: Deployment) -> None:
    deployment.env |= {"LOG_FORMAT": "json", "PORT": str(free_port())}
    worker, web = deployment.start("worker"), deployment.spawn("web", env=deployment.env)
    deployment.save("loud", **LOUD)

    deployment.wait_for(deployment.run("loud"), "failed")
    wait_until(lambda: "run.raised" in worker.text() and "Listening at" in web.text())

    lines = [json.loads(line) for spawned in (worker, web) for line in spawned.text().splitlines()]
    raised = next(line for line in lines if line["event"] == "run.raised")
    assert raised["level"] == "error"
    assert "Rudeness: rude" in raised["traceback"]
    assert any("Listening at" in line.get("text", "") for line in lines)


def test_a_log_that_takes_no_line_costs_no_run(deployment: Deployment) -> None:
    deployment.spawn.sink = Path("/dev/full")
    worker = deployment.start("worker", WORKER_CONCURRENCY="1")
    deployment.save("loud", **LOUD)

    for _ in range(3):
        deployment.wait_for(deployment.run("loud"), "failed")

    assert deployment.stop(worker) == 0
