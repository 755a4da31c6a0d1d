"""On a deployment that is busy and whole doctor finds nothing broken, however often it looks."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runners.doctor.invariants import invariants
from runners.engine import operations
from tests.faults.deployment import Deployment, deployed
from tests.store.making import ADMIN
from tests.waiting import wait_until

LANE = {"flow_group": "lane", "flow_max_active_runs": 2}
LOOKS = 6


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["streams", "lists"])
def test_a_busy_deployment_has_nothing_broken(transport: str, tmp_path: Path, doctor: Callable[..., Any]) -> None:
    with deployed(transport, tmp_path) as deployment:
        for number in range(6):
            deployment.save(f"beat-{number}", every=1, inputs=LANE if number < 3 else {"allow_overlap": True})
        deployment.save("fails", type="oracle.raise", every=1, inputs={"how": "failure", "failure_cooldown_sec": 10})
        deployment.save("paused", every=1)
        deployment.save("held-back", every=1, inputs={"flow_group": "idle"})
        operations.pause_job(deployment.platform, ADMIN, "paused")
        operations.pause_flow(deployment.platform, ADMIN, "idle")
        deployment.start_all("scheduler", "worker")
        ended = deployment.platform.store.keys.runs_of("status", "success")
        wait_until(lambda: deployment.platform.store.redis.zcard(ended) > 3, 20)

        stop = threading.Event()
        asking = threading.Thread(target=ask_on, args=(deployment, stop))
        asking.start()
        before = deployment.platform.store.redis.zcard(ended)
        looks = [finding for _ in range(LOOKS) for finding in invariants(deployment.platform)]
        _, findings = doctor(deployment.env)
        stop.set()
        asking.join()

        during = deployment.platform.store.redis.zcard(ended) - before
        print(f"{LOOKS + 1} looks, {during} runs ended meanwhile: {looks[-1].seen}")
        assert during > LOOKS
        assert [finding for finding in looks if not finding.well] == []
        assert [one for one in findings if not one["well"] and one["about"].startswith(("I", "processes"))] == []


def ask_on(deployment: Deployment, stop: threading.Event) -> None:
    """Ask for one run after the other."""
    while not stop.is_set():
        deployment.ask("beat-5")
