"""One-off jobs over HTTP: a time that is over is refused, and a job that has run says that nothing further comes."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.clock import rfc3339
from runners.scheduler import GuardedScheduler
from tests.api.conftest import Save
from tests.waiting import wait_until

PAST = {"at": "2020-01-01T00:00:00Z"}


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_time_that_is_over_is_refused_with_its_field(client: FlaskClient, method: str) -> None:
    spec = {"job_id": "daily", "type": "simulation.heavy", "schedule": PAST}

    answer = client.open("/jobs" if method == "POST" else "/jobs/daily", method=method, json=spec)

    assert (answer.status_code, answer.json["errors"][0]["loc"]) == (422, ["schedule", "at"])
    assert "is over" in answer.json["detail"]
    assert client.get("/jobs/daily").status_code == 404


def test_an_import_takes_a_time_that_is_over_and_edits_may_keep_it(client: FlaskClient) -> None:
    spec = {"job_id": "daily", "type": "simulation.heavy", "schedule": PAST}
    assert client.post("/jobs/import", json=[spec]).status_code == 200

    kept = client.post("/jobs", json=spec | {"description": "as it was"})

    assert (kept.status_code, kept.json["status"]) == (200, "updated")


def test_a_job_whose_one_slot_went_out_says_that_none_follow(client: FlaskClient, save: Save, platform: Any) -> None:
    at = platform.store.now() + timedelta(seconds=1)
    save(schedule={"at": rfc3339(at)}, inputs={"allow_overlap": True})
    wait_until(lambda: platform.store.now() >= at)

    went = [GuardedScheduler(platform).enqueue_jobs() for _ in range(3)]

    assert [len(looks) for looks in went] == [1, 0, 0]
    assert client.get("/jobs/daily").json["next_run_at"] is None
    assert client.get("/jobs/daily/forecast").json == []
    assert "no further ones come" in client.get("/jobs/daily/explain").json["sentence"]
    assert "no further slots" in client.get("/ui/jobs/daily").text
