"""The ledger over HTTP: slots and runs that were asked for, how far back it is complete, and the replay."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine import guards
from runners.engine.decision import LEDGER_KEPT, dispatched, encode
from tests.api.conftest import Save


def rows(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/jobs/daily/decisions{query}").json
    return found


def test_a_run_and_a_refusal_are_decisions_with_their_source(client: FlaskClient, save: Save) -> None:
    save()
    run_id = client.post("/jobs/daily/run").json["run_id"]
    for _ in range(2):
        assert client.post("/jobs/daily/run").status_code == 409

    refused, went = rows(client)

    assert (went["decision"], went["source"], went["run_id"], went["slot_at"]) == ("dispatched", "api", run_id, None)
    assert (refused["decision"], refused["reason"], refused["count"]) == ("skipped", "overlap", 2)
    assert (refused["blocked_by"], refused["sentence"]) == ([run_id], "an earlier run was still active")
    assert refused["asked_at"] >= went["asked_at"]


def test_a_retry_is_a_decision_with_its_source(client: FlaskClient, save: Save) -> None:
    save()
    run_id = client.post("/jobs/daily/run").json["run_id"]
    client.post(f"/runs/{run_id}/cancel")

    retried = client.post(f"/runs/{run_id}/retry").json["run_id"]

    assert [(row["source"], row["run_id"]) for row in rows(client)] == [("retry", retried), ("api", run_id)]


def test_a_replay_says_whether_the_guards_of_today_agree(
    client: FlaskClient, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    save()
    client.post("/jobs/daily/run")
    client.post("/jobs/daily/run")

    assert [row["replay"]["same"] for row in rows(client, "?replay=true")] == [True, True]
    assert "replay" not in rows(client)[0]
    monkeypatch.setattr(guards, "GUARDS", guards.GUARDS[:-1])  # no overlap any more
    assert [row["replay"] for row in rows(client, "?replay=true")] == [
        {"decision": "dispatched", "reason": None, "same": False},
        {"decision": "dispatched", "reason": None, "same": True},
    ]


def test_a_ledger_that_is_full_says_from_when_it_is_complete(client: FlaskClient, save: Save, platform: Any) -> None:
    save(inputs={"allow_overlap": True})
    start = platform.store.now().replace(microsecond=0)
    row = encode(dispatched(start, start, "run_x"))
    platform.store.redis.rpush(platform.store.keys.ledger("daily"), *[row] * LEDGER_KEPT)
    for _ in range(2):
        client.post("/jobs/daily/run")

    headers = client.get("/jobs/daily/decisions?limit=1").headers

    assert (headers["X-Total-Count"], headers["X-Dropped-Count"]) == (str(LEDGER_KEPT), "2")
    assert headers["X-Complete-Since"] == f"{start:%Y-%m-%dT%H:%M:%S}.000Z"
    assert "2 older rows dropped" in client.get("/ui/jobs/daily/decisions").text


def test_pages_of_a_ledger_lead_on_although_rows_come_between(client: FlaskClient, save: Save, platform: Any) -> None:
    save(inputs={"allow_overlap": True})
    start = platform.store.now().replace(microsecond=0)
    kept = [encode(dispatched(start, start, f"run_{number}")) for number in range(5)]
    platform.store.redis.rpush(platform.store.keys.ledger("daily"), *kept, "what cannot be read")
    shown, answer = [], client.get("/jobs/daily/decisions?limit=2&replay=true")

    while "Link" in answer.headers:
        shown += [row["run_id"] for row in answer.json]
        client.post("/jobs/daily/run")
        answer = client.get(answer.headers["Link"].split(">")[0].strip("<"))

    assert [*shown, *(row["run_id"] for row in answer.json)] == ["run_4", "run_3", "run_2", "run_1", "run_0"]
    assert answer.headers["X-Total-Count"] == str(len(kept) + 3)


@pytest.mark.parametrize("cursor", ["AAAA", "bm8", "LTE", "MTIzNDU2Nzg5MDEyMzQ1Ng"])
def test_a_cursor_that_is_none_of_ours_is_refused(client: FlaskClient, save: Save, cursor: str) -> None:
    save()

    assert client.get(f"/jobs/daily/decisions?cursor={cursor}").status_code == 400


def test_a_job_without_decisions_says_no_time(client: FlaskClient, save: Save) -> None:
    save()

    headers = client.get("/jobs/daily/decisions").headers

    assert (headers["X-Total-Count"], headers["X-Dropped-Count"]) == ("0", "0")
    assert "X-Complete-Since" not in headers


def test_the_page_tells_slots_from_runs_that_were_asked_for(client: FlaskClient, save: Save) -> None:
    save()
    client.post("/jobs/daily/run")
    client.post("/jobs/daily/run")

    page = client.get("/ui/jobs/daily/decisions").text

    assert page.count("asked for by the API") == 2
    assert "an earlier run was still active" in page
