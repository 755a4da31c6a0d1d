"""What API and pages say of worker pools, and of runs that wait for one that nobody serves."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.protocol.presence import beat
from runners.engine.store.processes import ProcessBeat
from tests.api.conftest import Save
from tests.store import making

NOBODY = "no worker of pool gpu is online"


def report(platform: Any, name: str, pool: str, slots: int = 4) -> None:
    """Let a worker of the pool report."""
    beat(platform.store, ProcessBeat(name, "worker", "here", 1, "1", platform.store.now(), "idle", slots, pool))


@pytest.fixture
def waiting(save: Save, platform: Any) -> str:
    """The id of a run that waits for pool gpu, in a deployment that has a worker of the default pool."""
    report(platform, "w1", "default")
    save(pool="gpu")
    return str(making.start(platform).run_id)


def test_a_run_whose_pool_nobody_serves_says_so(client: FlaskClient, waiting: str) -> None:
    found = client.get(f"/runs/{waiting}/explain").json

    assert (found["reason"], found["workers"]) == ("no_worker_of_pool", 0)
    assert found["sentence"].startswith(NOBODY)
    assert NOBODY in client.get(f"/ui/runs/{waiting}").text
    indonesian = client.get(f"/runs/{waiting}/explain", headers={"Accept-Language": "id"}).json["sentence"]
    assert "tidak ada worker dari pool gpu" in indonesian
    assert client.get(f"/runs/{waiting}").json["pool"] == "gpu"


def test_queue_readiness_and_page_name_the_pool_until_a_worker_comes(
    client: FlaskClient, waiting: str, platform: Any
) -> None:
    before = client.get("/queue").json["pools"]

    assert [(pool["name"], pool["depth"], pool["workers"]) for pool in before] == [("default", 0, 1), ("gpu", 1, 0)]
    assert any(NOBODY in warning for warning in client.get("/readyz").json["warnings"])
    assert "none online" in client.get("/ui/queue").text
    assert "No worker of pool gpu runs" in client.get("/ui").text
    report(platform, "w2", "gpu", slots=2)
    after = client.get("/queue").json["pools"]
    assert (after[1]["workers"], after[1]["slots"]) == (1, 2)
    assert not any(NOBODY in warning for warning in client.get("/readyz").json["warnings"])
    assert "No worker of pool gpu runs" not in client.get("/ui").text
    assert {agent["pool"] for agent in client.get("/agents").json if agent["type"] == "worker"} == {"default", "gpu"}


def test_a_run_counts_ahead_of_it_what_waits_in_its_pool(client: FlaskClient, save: Save, platform: Any) -> None:
    report(platform, "w1", "default")
    report(platform, "w2", "gpu")
    for job, pool in (("a", "gpu"), ("b", "default"), ("c", "gpu"), ("d", "default")):
        save(job_id=job, pool=pool)
    runs = {job: making.start(platform, job).run_id for job in ("a", "b", "c", "d")}

    ahead = {job: client.get(f"/runs/{run_id}/explain").json["ahead"] for job, run_id in runs.items()}

    assert ahead == {"a": 0, "b": 0, "c": 1, "d": 1}


def test_a_form_keeps_and_changes_the_pool(client: FlaskClient, save: Save) -> None:
    save(pool="gpu")

    page = client.get("/ui/jobs/daily/edit").text

    assert 'name="pool"' in page
    assert 'value="gpu"' in page
    assert "<dd>gpu</dd>" in client.get("/ui/jobs/daily").text
