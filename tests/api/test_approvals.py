"""Approvals over HTTP: a run waits, is decided on once, and goes on or ends."""

from typing import Any

import pytest
from flask.testing import FlaskClient

JOB = {"job_id": "deploy", "type": "simulation.heavy", "inputs": {"work_ms": 100}, "requires_approval": True}


@pytest.fixture
def waiting(client: FlaskClient) -> dict[str, Any]:
    """Return the approval that a run of the job `deploy` waits for."""
    client.post("/jobs", json=JOB)
    asked = client.post("/jobs/deploy/run", json={"inputs": {"payload_kb": 1}})
    assert (asked.status_code, asked.json["status"]) == (200, "waiting_approval")
    (found,) = client.get("/approvals?status=pending").json
    assert found["run_id"] == asked.json["run_id"]
    return dict(found)


def test_an_approved_run_is_queued_with_exactly_what_was_shown(client, waiting):
    shown = client.get(f"/approvals/{waiting['approval_id']}").json

    answer = client.post(f"/approvals/{waiting['approval_id']}/approve", json={"note": "go", "digest": shown["digest"]})

    assert (answer.status_code, answer.json["status"], answer.json["decided_by"]) == (200, "approved", "local")
    run = client.get(f"/runs/{waiting['run_id']}").json
    assert (run["status"], run["inputs"]) == ("queued", shown["inputs"])
    assert shown["inputs"] == {"work_ms": 100, "payload_kb": 1}


def test_a_rejected_run_fails_as_rejected_and_counts_no_failure(client, waiting):
    answer = client.post(f"/approvals/{waiting['approval_id']}/reject", json={"note": "not today"})

    assert answer.json["status"] == "rejected"
    run = client.get(f"/runs/{waiting['run_id']}").json
    assert (run["status"], run["failure_kind"]) == ("failed", "rejected")
    assert run["result"]["error"] == "rejected by local: not today"
    assert client.get("/jobs/deploy/memory").json["consecutive_failures"] == 0


@pytest.mark.parametrize("again", ["approve", "reject"])
def test_a_second_decision_is_refused(client, waiting, again):
    client.post(f"/approvals/{waiting['approval_id']}/approve")

    answer = client.post(f"/approvals/{waiting['approval_id']}/{again}")

    assert answer.status_code == 409
    assert "approved already" in answer.json["detail"]


def test_a_decision_on_something_else_than_was_shown_is_refused(client, waiting):
    answer = client.post(f"/approvals/{waiting['approval_id']}/approve", json={"digest": "0" * 64})

    assert answer.status_code == 409
    assert client.get(f"/approvals/{waiting['approval_id']}").json["status"] == "pending"


def test_the_job_says_what_it_waits_for(client, waiting):
    explained = client.get("/jobs/deploy/explain").json
    run = client.get(f"/runs/{waiting['run_id']}").json

    held = f"1 open approval(s) until {waiting['expires_at'][:10]}"
    assert waiting["approval_id"] in str(explained) and held in str(explained)
    spoken = client.get("/jobs/deploy/explain", headers={"Accept-Language": "id"}).json
    assert "persetujuan masih terbuka sampai" in str(spoken)
    assert run["custody"]["holder"] == f"approval:{waiting['approval_id']}"
    assert run["custody"]["deadline_at"] == waiting["expires_at"]
    assert client.post("/jobs/deploy/run").status_code == 409


def test_an_unknown_approval_is_a_404(client):
    for answer in (client.get("/approvals/ap_x"), client.post("/approvals/ap_aaaaaaaaaa_bbbbbbbbbbbb_1/approve")):
        assert answer.status_code == 404


@pytest.mark.parametrize("field", ["requests", "kind", "on_expiry", ""])
def test_an_approval_that_cannot_be_read_hides_no_other(client, platform, waiting, field):
    client.post("/jobs", json={**JOB, "job_id": "other"})
    client.post("/jobs/other/run")
    store, key = platform.store, platform.store.keys.approval(waiting["approval_id"])
    if field:
        store.redis.hset(key, field, "[" * 100_000)
    else:
        store.redis.delete(key)
        store.redis.set(key, "no hash")

    answer = client.get("/approvals")

    assert (answer.status_code, [row["job_id"] for row in answer.json]) == (200, ["other"])
    assert client.get("/ui/approvals").status_code == 200
