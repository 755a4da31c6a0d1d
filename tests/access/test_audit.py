"""The audit over HTTP: administrators read who did what, and what was refused to whom; floods push nothing out."""

import pytest
from flask.testing import FlaskClient

from runners.engine.audit_check import Check
from runners.engine.protocol import refusals
from runners.engine.store import audit
from tests.access.conftest import bearer, of_environment
from tests.planted import ROLE_TOKENS

JOB = {"job_id": "daily", "type": "simulation.heavy", "inputs": {"work_ms": 100}}


def logs(client: FlaskClient, query: str = "") -> list[dict]:
    answer = client.get(f"/audit/logs?{query}", headers=of_environment("admin"))
    assert answer.status_code == 200, answer.json
    return list(answer.json)


def did(rows: list[dict]) -> list[tuple[str, str]]:
    return [(row["operation"], row["object"]) for row in reversed(rows) if row["object"].partition(":")[0] == "job"]


@pytest.fixture
def changed(client: FlaskClient) -> FlaskClient:
    """A client of a platform on which an operator has saved a job twice, and paused it."""
    operator = of_environment("operator")
    assert client.post("/jobs", json=JOB, headers=operator).status_code == 201
    client.post("/jobs", json=JOB | {"timeout_ms": 5000, "inputs": {"work_ms": 200}}, headers=operator)
    client.post("/jobs/daily/pause", headers=operator | {"X-Request-ID": "from-a-test"})
    return client


def test_a_change_says_who_what_how_and_in_which_request(changed):
    created = logs(changed, "object=job:daily&operation=save_job")[-1]
    updated = logs(changed, "object=job:daily&operation=save_job")[0]
    paused = logs(changed, "operation=pause_job")[0]

    assert (created["before"], created["after"]["inputs.work_ms"]) == (None, 100)
    assert updated["before"] == {"timeout_ms": 30000, "inputs.work_ms": 100}
    assert updated["after"] == {"timeout_ms": 5000, "inputs.work_ms": 200}
    assert (paused["surface"], paused["role"], paused["outcome"]) == ("api", "operator", "done")
    assert (paused["request_id"], paused["before"], paused["after"]) == (
        "from-a-test",
        {"paused": False},
        {"paused": True},
    )
    assert paused["actor"] == created["actor"] != ""


def test_entries_are_found_by_every_filter_and_paged_without_a_gap(changed):
    newest = logs(changed, "object=job:daily")[0]

    assert [row["number"] for row in logs(changed, f"actor={newest['actor']}&object=job:daily")] == [
        row["number"] for row in logs(changed, "object=job:daily")
    ]
    assert logs(changed, "surface=page") == []
    assert logs(changed, "outcome=done&operation=pause_job")[0]["id"] == newest["id"]
    assert logs(changed, f"until={newest['at']}&object=job:daily&operation=pause_job") == []
    assert len(logs(changed, f"since={newest['at']}&operation=pause_job")) == 1
    for query in ("object=job:daily", "object=job:daily&outcome=done"):
        first = changed.get(f"/audit/logs?{query}&limit=2", headers=of_environment("admin"))
        second = changed.get(first.headers["Link"].partition(">")[0][1:], headers=of_environment("admin"))
        assert did([*first.json, *second.json]) == [("save_job", "job:daily")] * 2 + [("pause_job", "job:daily")]
        assert (first.headers["X-Total-Count"], second.headers["X-Total-Count"]) == ("3", "3")
        assert "Link" not in second.headers


@pytest.mark.parametrize("path", ["/audit/logs", "/audit/turned-away"])
def test_only_administrators_read_it(client, path):
    statuses = [client.get(path, headers=of_environment(role)).status_code for role in ("viewer", "operator")]

    assert statuses == [403, 403]
    assert client.get(path).status_code == 401


@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=1-2-3", "limit=0", "limit=501", "since=today", "surface=door", "outcome=maybe", "actr=x"],
)
def test_a_wrong_query_is_named(client, query):
    assert client.get(f"/audit/logs?{query}", headers=of_environment("admin")).status_code in (400, 422)


def test_a_refusal_of_somebody_known_is_in_the_chain_once_a_minute_and_counted(client, monkeypatch):
    monkeypatch.setattr(refusals, "monotonic", lambda: 1000.0)
    for _ in range(5):
        assert client.post("/jobs", json=JOB, headers=of_environment("viewer")).status_code == 403
    before = logs(client, "outcome=refused")
    monkeypatch.setattr(refusals, "monotonic", lambda: 1060.0)
    client.post("/jobs", json=JOB, headers=of_environment("viewer"))

    rows = logs(client, "outcome=refused")

    assert len(before) == 1
    assert (rows[0]["operation"], rows[0]["object"]) == ("api.save_job", "route:POST /jobs")
    assert (rows[0]["role"], rows[0]["after"]["status"]) == ("viewer", 403)
    assert (len(rows), rows[0]["after"]["more_of_the_same"]) == (2, 4)


def test_what_one_person_is_refused_fills_nothing(client, monkeypatch):
    monkeypatch.setattr(refusals, "monotonic", lambda: 1000.0)
    for number in range(30):
        client.delete(f"/jobs/j{number}", headers=of_environment("viewer"))
        client.post(f"/jobs/j{number}/run", headers=of_environment("viewer"))
        client.post(f"/flow-groups/f{number}/pause", headers=of_environment("viewer"))

    assert len(logs(client, "outcome=refused")) == 3


@pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])
def test_a_flood_of_strangers_pushes_nothing_out_and_grows_no_chain(client, guarded, monkeypatch):
    client.post("/jobs", json=JOB, headers=of_environment("operator"))
    monkeypatch.setattr("runners.engine.protocol.audit.KINDS_KEPT", 5)
    monkeypatch.setattr(refusals, "OF_UNKNOWN_SEC", 0.0)
    before = audit.head(guarded.store)

    for number in range(20):
        client.get("/jobs", headers=bearer(f"guess-{number}"), environ_overrides={"REMOTE_ADDR": f"192.0.2.{number}"})

    assert audit.head(guarded.store) == before
    rows = client.get("/audit/turned-away", headers=of_environment("admin")).json
    assert len({row["about"]["from"] for row in rows}) == len(rows) == 5
    assert guarded.store.redis.hget(guarded.store.keys.turned_away, ":gone") == "15"
    assert "guess-" not in str(rows)
    assert logs(client, "object=job:daily")


def test_strangers_who_are_refused_alike_are_one_row(client, monkeypatch):
    monkeypatch.setattr(refusals, "OF_UNKNOWN_SEC", 0.0)
    for _ in range(7):
        client.get("/jobs")
    client.post("/jobs", json=JOB, headers={"Origin": "https://evil.example"})

    rows = client.get("/audit/turned-away", headers=of_environment("admin")).json

    assert [(row["count"], row["about"]["status"], row["about"]["request"]) for row in rows] == [
        (1, 403, "POST /jobs"),
        (7, 401, "GET /jobs"),
    ]


def test_the_chain_of_all_this_is_whole(changed, guarded):
    answers = [changed.delete("/jobs/daily", headers=of_environment(role)) for role in ("viewer", "admin")]
    assert [answer.status_code for answer in answers] == [403, 200], [answer.json for answer in answers]
    check = Check(guarded.store.seal.keys)
    for text, place in audit.walk(guarded.store):
        check.feed(text, place)

    assert check.finish() == []
    assert check.count >= 5  # two saves, a pause, a refusal, a deletion


def test_a_change_whose_audit_cannot_be_read_is_refused_and_says_what_to_do(changed, guarded):
    guarded.store.redis.zremrangebyrank(guarded.store.keys.audit, -1, -1)

    answer = changed.post("/jobs/daily/resume", headers=of_environment("operator"))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "audit verify" in answer.json["detail"]
    assert changed.get("/jobs/daily", headers=of_environment("viewer")).json["pause"] is not None


def test_the_page_shows_who_changed_what_and_leads_from_filter_to_filter(changed, browser):
    browser.show_token(ROLE_TOKENS["admin"])

    everything = browser.get("/ui/audit").text
    refused = browser.get("/ui/audit?outcome=refused").text
    of_job = browser.get("/ui/audit?object=job:daily&operation=save_job").text

    assert "pause_job" in everything
    assert "<code>inputs.work_ms</code></dt><dd>100 → 200</dd>" in of_job
    assert "pause_job</td>" not in of_job
    assert "No entry passes these filters" in refused
    assert browser.get("/ui/audit/turned-away").status_code == 200


@pytest.mark.parametrize("query", ["since=x", "until=0001-01-01", "surface=door", "outcome=maybe", "page=0"])
def test_a_filter_of_the_page_that_means_nothing_is_not_found(browser, query):
    browser.show_token(ROLE_TOKENS["admin"])

    assert browser.get(f"/ui/audit?{query}").status_code == 404


def test_nobody_else_is_offered_the_page(browser):
    browser.show_token(ROLE_TOKENS["operator"])

    assert browser.get("/ui/audit").status_code == 403
    assert "/ui/audit" not in browser.get("/ui").text
