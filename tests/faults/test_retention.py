"""Schedulers drop history while they are killed; what is left is whole, and lists and links tell the truth of it."""

import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from runners.engine.protocol.work import Ended, exchange
from tests.api.live import serving
from tests.faults.deployment import Deployment
from tests.faults.marks import STREAMS_ONLY
from tests.planted import SECRET_KEY
from tests.waiting import wait_until

RUNS, KEPT = 1500, 100
LEASE = timedelta(hours=1)
RESULT = json.dumps({"success": True, "output": None, "error": None, "duration_ms": 1})


@pytest.mark.slow
@STREAMS_ONLY
def test_history_goes_whole_though_its_schedulers_are_killed(deployment: Deployment, tmp_path: Path) -> None:
    deployment.save("many", inputs={"allow_overlap": True, "flow_group": "lane"})
    active = deployment.run("many")
    exchange(deployment.platform.store, "w", LEASE, [], 1)
    ended = [name for _ in range(RUNS // 50) for name in end_some(deployment, 50)]

    strikes, store = 0, deployment.platform.store
    for _ in range(2):
        sweeping, before = deployment.start("scheduler", RUNS_KEPT=str(KEPT), RUN_LEASE_SEC="60"), kept(deployment)
        wait_until(lambda before=before: kept(deployment) < before or kept(deployment) == KEPT + 1, every=0.001)
        deployment.kill(sweeping)
        store.redis.delete(store.keys.leader)  # nobody waits here until the dead one's time is over
        strikes += KEPT + 1 < kept(deployment) < before
    print(f"schedulers killed with history half dropped: {strikes}")
    assert strikes
    deployment.start_all("scheduler", "scheduler", RUNS_KEPT=str(KEPT), RUN_LEASE_SEC="60")
    wait_until(lambda: kept(deployment) == KEPT + 1)

    assert everywhere(deployment) == {active, *ended[-KEPT:]}
    with serving(deployment.server.url, tmp_path, SECRET_KEY=SECRET_KEY) as live:
        for path in ("/runs", "/runs?flow_group=lane", "/jobs/many/runs"):
            assert httpx.get(live.url + path).headers["X-Total-Count"] == str(KEPT + 1)
        removed = httpx.get(f"{live.url}/runs/{ended[0]}")
        assert removed.status_code == 404 and "is not kept any more" in removed.json()["detail"]
        assert "is not kept any more" in httpx.get(f"{live.url}/ui/runs/{ended[0]}").text


def end_some(deployment: Deployment, number: int) -> list[str]:
    """Bring runs to their ends as workers do; returns their ids."""
    names = [deployment.run("many") for _ in range(number)]
    taken = exchange(deployment.platform.store, "w", LEASE, [], number).taken
    ended = [Ended(one.run_id, one.token, "success", RESULT) for one in taken]
    exchange(deployment.platform.store, "w", LEASE, ended, 0)
    return names


def kept(deployment: Deployment) -> int:
    store = deployment.platform.store
    return int(store.redis.zcard(store.keys.runs))


def everywhere(deployment: Deployment) -> set[str]:
    """Return the runs that there are; fails when an index knows others than there are records."""
    store, keys = deployment.platform.store, deployment.platform.store.keys
    records = {name.removeprefix(keys.run("")) for name in store.redis.keys(keys.run("*"))}
    for index in (
        keys.runs,
        keys.runs_of("job", "many"),
        keys.runs_of("flow", "lane"),
        keys.runs_of("source", "manual"),
    ):
        assert set(store.redis.zrange(index, 0, -1)) == records, index
    return records
