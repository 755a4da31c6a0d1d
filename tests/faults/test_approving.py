"""Approvals with real processes: decided once by whoever is first, by one step with its effect."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.faults.deployment import Deployment
from tests.faults.scenarios import SCENARIOS, Scenario, play
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def transport() -> str:
    """What a decision is does not depend on the transport; the protocol's own suite covers them all."""
    return "streams"


def waiting(deployment: Deployment, job_id: str) -> str:
    """Return the approval that the job's newest run waits for, as soon as it does."""
    found = wait_until(lambda: deployment.client.read(f"/approvals?status=pending&job_id={job_id}"))
    return str(found[0]["approval_id"])


def say(deployment: Deployment, path: str, timeout: float = 20) -> int:
    """Post a decision and return the answer's status, 0 when there was none."""
    try:
        return httpx.post(f"http://127.0.0.1:{deployment.env['PORT']}{path}", timeout=timeout).status_code
    except httpx.TransportError:
        return 0


@pytest.mark.parametrize("isolation", ["thread", "process"])
@pytest.mark.parametrize("how", ["call", "output"])
def test_a_handler_that_asks_starts_again_with_the_answer(deployment: Deployment, isolation: str, how: str) -> None:
    deployment.start_all("web", "worker", "scheduler")
    deployment.put("careful", type=f"cautious.{isolation}", inputs={"how": how})
    run_id = deployment.run("careful")
    approval_id = waiting(deployment, "careful")

    answer = deployment.client.insist("POST", f"/approvals/{approval_id}/approve", {"note": "go"})
    ended = deployment.wait_for(run_id, "success", "failed")

    assert (answer.status, ended.status) == (200, "success")
    if how == "call":
        assert ended.result["output"] == {"by": ["local"], "note": "go", "last": True}
    starts = deployment.oracle.starts_of(run_id)
    assert [(one.attempt, one.redelivered) for one in starts] == [(0, False), (0, True)]


def test_fifty_people_decide_at_once_and_one_of_them_does(deployment: Deployment) -> None:
    deployment.start("web", WEB_CONCURRENCY="2")
    deployment.put("careful", requires_approval=True)
    for round in range(1, 5):
        run_id = deployment.run("careful")
        approval_id = waiting(deployment, "careful")

        def decide(number: int, approval_id: str = approval_id) -> int:
            verdict = "approve" if number % 2 else "reject"
            return say(deployment, f"/approvals/{approval_id}/{verdict}")

        with ThreadPoolExecutor(50) as people:
            statuses = Counter(people.map(decide, range(50)))

        run = deployment.record(run_id)
        print("answers:", dict(statuses), "run:", run.status)
        assert statuses == {200: 1, 409: 49}
        assert run.status in ("queued", "failed")
        assert deployment.events("approval.approved") + deployment.events("approval.rejected") == round
        deployment.client.send("POST", f"/runs/{run_id}/cancel")


@pytest.mark.parametrize(
    "scenario", [one for one in SCENARIOS if one.number in (36, 37)], ids=lambda scenario: scenario.name
)
def test_a_decision_counts_once_whoever_dies_around_it(scenario: Scenario, transport: str, tmp_path: Path) -> None:
    report = play(scenario, transport, 1.0, tmp_path)

    print(report)
    assert report.struck > 0
    assert report.problems == ()
