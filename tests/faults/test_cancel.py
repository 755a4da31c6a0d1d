"""A run that somebody cancels stops where it runs, soon, and leaves its place to the next one."""

from runners.engine import operations
from runners.engine.operations import Actor, Role
from tests.faults import books
from tests.faults.deployment import Deployment
from tests.faults.marks import LISTS_SELDOM

OPERATOR = Actor("ana", Role.OPERATOR, "system")
SOON = 5.0
"""Seconds within which a cancelled run has ended."""


@LISTS_SELDOM
def test_a_cancelled_run_stops_soon_and_its_retry_takes_its_place(deployment: Deployment) -> None:
    deployment.start("worker", RUN_LEASE_SEC="30")
    deployment.save("long", type="simulation.heavy", inputs={"work_ms": 60_000}, timeout_ms=90_000)
    run_id = deployment.run("long")
    deployment.wait_for(run_id, "running")

    asked = operations.cancel_run(deployment.platform, OPERATOR, run_id)
    run = deployment.wait_for(run_id, "cancelled", timeout=SOON)
    again = operations.retry_run(deployment.platform, OPERATOR, run_id)
    deployment.wait_for(again.run_id, "running")
    operations.cancel_run(deployment.platform, OPERATOR, again.run_id)
    deployment.wait_for(again.run_id, "cancelled", timeout=SOON)

    assert asked.status == "asked"
    assert run.result["error"] == "cancelled on request"
    assert run.failure_kind is None
    assert deployment.events("run.cancelled") == 2
    assert books.run_problems(deployment) == []
    assert deployment.dead() == []
