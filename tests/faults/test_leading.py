"""Schedulers settle who leads, whatever becomes of the one that does; what is due is dispatched all the same."""

from typing import Any

import pytest

from tests.faults.deployment import Deployment
from tests.faults.marks import LISTS_SELDOM
from tests.waiting import wait_until

CHANGED = "/events?event_type=scheduler.leader_changed"
TAKEN_OVER_SEC = 60


def other_leader(deployment: Deployment, than: str | None = None) -> dict[str, Any]:
    """Return the scheduler that leads, once it is another one."""

    def found() -> dict[str, Any] | None:
        rows: list[dict[str, Any]] = deployment.client.read("/agents")
        return next((row for row in rows if row["leads_since"] and row["id"] != than), None)

    return wait_until(found, TAKEN_OVER_SEC)


@pytest.mark.slow
@LISTS_SELDOM
def test_when_the_leader_goes_another_one_leads_and_each_change_is_told_once(deployment: Deployment) -> None:
    deployment.start_all("web", "worker")
    spawned = {one.process.pid: one for one in deployment.start_all("scheduler", "scheduler", "scheduler")}
    deployment.put("tick", every=1, inputs={"work_ms": 1})
    first = other_leader(deployment)

    spawned[first["pid"]].kill()
    started = len(deployment.oracle.starts())
    wait_until(lambda: len(deployment.oracle.starts()) > started + 1)
    second = other_leader(deployment, first["id"])
    assert deployment.stop(spawned[second["pid"]]) == 0
    third = other_leader(deployment, second["id"])

    assert {first["pid"], second["pid"], third["pid"]} == spawned.keys()
    assert [row["data"] for row in deployment.client.read(CHANGED)] == [
        {"from": None, "to": first["id"], "why": "first"},
        {"from": first["id"], "to": second["id"], "why": "silent"},
        {"from": second["id"], "to": third["id"], "why": "left"},
    ]
    assert deployment.client.read("/readyz")["leader"] == third["id"]
