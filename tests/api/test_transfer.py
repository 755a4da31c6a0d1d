"""What is exported comes back the same, in JSON and in YAML; an import says what it does, and does all of it or nothing."""

import json

import pytest

from runners.engine.strict import yaml_text

YAML = {"Content-Type": "application/yaml"}
ODD = {
    "yes": "no",
    "n": 1.5,
    "zero": "010",
    "when": "2026-01-31",
    "null": None,
    "lines": "a\n b\n",
    "é☃😀": ["", "~", {"x": True}],
}


@pytest.fixture
def full(save, client):
    """Jobs, flow groups and an account; returns what an export of them gives."""
    save("cron", schedule={"cron": "0 9 * * *", "timezone": "Asia/Jakarta"}, tags=["x: y", "#z"], enabled=False)
    save("plain", inputs={"work_ms": 100, "flow_group": "bank"}, description="Tidy: 'up'\nnow\u2028")
    save("odd", schedule=None, type="http.request", inputs={"url": "http://127.0.0.1:8000/readyz", "body": ODD})
    client.put("/flow-groups/bank", json={"limit": 3})
    client.put("/flow-groups/empty", json={"limit": 7})
    account = {
        "label": "Ours",
        "config": {"org": "acme", "api_key": "k-123456789"},
        "secrets": {"token": "t-123456789"},
    }
    assert client.put("/integrations/accounts/github/main", json=account).status_code == 201
    return client.get("/jobs/export").json


def empty(client):
    for job_id in ("cron", "plain", "odd"):
        assert client.delete(f"/jobs/{job_id}").status_code == 200
    for group in ("bank", "empty"):
        client.put(f"/flow-groups/{group}", json={"limit": None})
    assert client.delete("/integrations/accounts/github/main").status_code == 200


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_an_export_puts_everything_back_as_it_was(full, client, form):
    accepted = {"Accept": f"application/{form}"}
    sent = client.get("/jobs/export", headers=accepted)
    empty(client)

    answer = client.post("/jobs/import", data=sent.data, headers={"Content-Type": sent.content_type})

    assert answer.status_code == 200, answer.text
    assert client.get("/jobs/export").json == full
    assert client.get("/jobs/export", headers=accepted).data == sent.data
    assert {row["action"] for name in ("jobs", "flow_groups", "accounts") for row in answer.json[name]} == {"create"}
    again = client.post("/jobs/import?dry_run=true", data=sent.data, headers={"Content-Type": sent.content_type}).json
    assert {row["action"] for name in ("jobs", "flow_groups", "accounts") for row in again[name]} == {"unchanged"}


def test_no_secret_is_in_an_export_and_none_is_lost_by_an_import(full, client):
    full["accounts"][0]["label"] = "Theirs"

    answer = client.post("/jobs/import", json=full)

    assert "123456789" not in json.dumps(full)
    assert answer.json["accounts"] == [{"account": "github/main", "action": "update"}]
    account = client.get("/integrations/accounts/github/main").json
    assert (account["label"], account["has_secret"]) == ("Theirs", True)


def test_a_filtered_export_has_what_passes_and_its_flow_groups(full, client):
    found = client.get("/jobs/export?search=plain").json

    assert [job["job_id"] for job in found["jobs"]] == ["plain"]
    assert (found["flow_groups"], found["accounts"]) == ([{"flow_group": "bank", "limit": 3}], [])
    assert client.get("/jobs/export?tag=none").json["jobs"] == []


def test_what_cannot_be_read_is_named_by_the_export_and_by_an_import_of_it(full, client, platform):
    redis, keys = platform.store.redis, platform.store.keys
    redis.hset(keys.job("plain"), "spec", "{")
    redis.delete(keys.job("odd"))
    redis.set(keys.job("odd"), "no hash")
    redis.hset(keys.record("account", "github/main"), "json", "{")

    answer = client.get("/jobs/export")

    assert answer.status_code == 200, answer.text
    assert [job["job_id"] for job in answer.json["jobs"]] == ["cron"]
    assert answer.json["unreadable"] == ["job:odd", "job:plain", "account:github/main"]
    assert client.get("/jobs/export?search=plain").json["unreadable"] == ["job:plain"]
    imported = client.post("/jobs/import", json=answer.json)
    assert (imported.status_code, imported.json["unreadable"]) == (200, answer.json["unreadable"])


def test_a_dry_run_shows_every_value_that_differs_and_changes_nothing(full, client):
    full["jobs"][2]["inputs"]["work_ms"] = 200
    full["flow_groups"][0]["limit"] = 4

    answer = client.post("/jobs/import?dry_run=true", json=full).json

    plain = next(row for row in answer["jobs"] if row["job_id"] == "plain")
    assert plain["diff"] == [{"loc": ["inputs", "work_ms"], "before": 100, "after": 200}]
    assert answer["flow_groups"][0] == {"flow_group": "bank", "action": "update", "before": 3, "after": 4}
    assert client.get("/flow-groups/bank").json["own_limit"] == 3
    assert client.get("/jobs/plain").json["version"] == 1


def test_one_fault_anywhere_holds_back_all_of_it(full, client):
    before = client.get("/jobs/export").json
    for broken in (
        {"jobs": [full["jobs"][0] | {"description": "new"}, {"job_id": "bad"}]},
        {"flow_groups": [{"flow_group": "a*b", "limit": 1}]},
        {"flow_groups": [{"flow_group": "bank", "limit": 9}, {"flow_group": "bank", "limit": 8}]},
        {"flow_groups": [{"flow_group": "bank", "limit": 1001}]},
        {"accounts": [full["accounts"][0] | {"base_url": "ftp://x"}]},
        {"accounts": [full["accounts"][0] | {"secret": "x"}]},
        {"queues": []},
    ):
        answer = client.post("/jobs/import", json=full | {"jobs": full["jobs"][:1]} | broken)
        assert (answer.status_code, bool(answer.json["errors"])) == (422, True), broken

    assert client.get("/jobs/export").json == before


def test_one_entry_of_the_audit_tells_of_all_that_was_imported(full, client, platform):
    redis, key = platform.store.redis, platform.store.keys.audit
    empty(client)
    begun = redis.zcard(key)

    client.post("/jobs/import", json=full)

    (row,) = redis.zrange(key, -1, -1)
    assert redis.zcard(key) == begun + 1
    assert len(json.loads(row.split("|", 4)[4])["items"]) == 6


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"a: &x 1\nb: *x", YAML, 400),
        (b"format: multijob-export\nformat: multijob-export", YAML, 400),
        (b"format: multijob-export\nversion: 2\njobs: []", YAML, 400),
        (b"- job_id: a\n  type: simulation.heavy\n  enabled: yes", YAML, 422),
        (b"# " + b"x" * 1024 * 1024, YAML, 413),
        (b"[]", {"Content-Type": "text/plain"}, 415),
        (b"- job_id: a\n  type: simulation.heavy", {"Content-Type": "application/json"}, 400),
        (b"", YAML, 400),
    ],
)
def test_a_body_that_is_no_document_is_refused(client, body, headers, status):
    answer = client.post("/jobs/import", data=body, headers=headers)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_a_list_in_yaml_is_taken(client):
    text = yaml_text.dump([{"job_id": "a", "type": "simulation.heavy", "schedule": {"at": "2099-01-31T18:15:00Z"}}])

    assert client.post("/jobs/import", data=text, headers=YAML).json["jobs"][0]["action"] == "create"
