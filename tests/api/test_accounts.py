"""Accounts over the API: what is named changes, what is not stays, and a secret that went in never comes out."""

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from runners.engine.platform import Platform
from runners.engine.protocol import records
from runners.engine.vault import key_id, new_key
from tests.handlers import server
from webapp import create_app

CANARY = "canary-8d21-0123456789"
PATH = "/integrations/accounts/openai/main"


def put(client: FlaskClient, path: str = PATH, /, status: int = 200, headers=None, **fields):
    answer = client.put(path, json=fields, headers=headers or {})
    assert answer.status_code == status, answer.data
    return answer


@pytest.fixture
def main(client: FlaskClient):
    """An account with a secret, and another one inside its config."""
    return put(
        client,
        status=201,
        label="Main",
        base_url="https://api.openai.com/v1/",
        config={"region": "eu", "headers": {"X-Api-Key": CANARY, "Accept": "*/*"}, "max_tokens": 5},
        secrets={"api_key": CANARY, "pin": "short"},
    ).json


def test_an_account_is_made_with_its_secrets_out_of_sight(client: FlaskClient, main) -> None:
    row = client.get(PATH).json

    assert main == row | {"status": "created"}
    assert (row["provider"], row["account_id"], row["label"], row["enabled"]) == ("openai", "main", "Main", True)
    assert row["base_url"] == "https://api.openai.com/v1"
    assert row["config"] == {"region": "eu", "headers": {"X-Api-Key": "****6789", "Accept": "*/*"}, "max_tokens": 5}
    assert (row["has_secret"], row["secrets"]) == (True, {"api_key": "****6789", "pin": "****"})
    assert (row["unreadable"], row["version"], row["tested"]) == ([], 1, None)
    assert [found["account_id"] for found in client.get("/integrations/accounts").json] == ["main"]


def test_the_store_and_the_events_hold_no_secret(client: FlaskClient, platform: Platform, main) -> None:
    stored = json.dumps(platform.store.redis.hgetall(platform.store.keys.record("account", "openai/main")))
    (event,) = client.get("/events?event_type=integration.*").json

    assert CANARY not in stored + json.dumps(event)
    assert event["type"] == "integration.account_upserted"
    assert event["data"] == {
        "provider": "openai",
        "account_id": "main",
        "actor": "local",
        "fields": ["base_url", "config", "label", "secrets"],
    }


def test_only_what_is_named_changes(client: FlaskClient, main) -> None:
    put(client, label="Second", config={"region": "us"}, secrets={"pin": None})

    row = client.get(PATH).json
    assert (row["label"], row["base_url"], row["enabled"]) == ("Second", main["base_url"], True)
    assert row["config"] == main["config"] | {"region": "us"}
    assert (row["secrets"], row["version"]) == ({"api_key": "****6789"}, 2)


def test_null_clears(client: FlaskClient, main) -> None:
    put(client, label=None, base_url=None, secrets=None, config={"headers": None})

    row = client.get(PATH).json
    assert (row["label"], row["base_url"], row["secrets"]) == ("", None, {})
    assert (row["config"], row["has_secret"]) == ({"region": "eu", "max_tokens": 5}, False)


def test_what_was_read_can_be_sent_back_unchanged(client: FlaskClient, platform: Platform, main) -> None:
    before = platform.store.redis.hgetall(platform.store.keys.record("account", "openai/main"))
    sent = {
        name: main[name] for name in ("provider", "account_id", "label", "enabled", "base_url", "config", "secrets")
    }

    assert put(client, **sent).json["status"] == "unchanged"
    assert platform.store.redis.hgetall(platform.store.keys.record("account", "openai/main")) == before
    assert len(client.get("/events?event_type=integration.*").json) == 1


def test_a_change_can_be_bound_to_the_version_that_was_read(client: FlaskClient, main) -> None:
    tag = client.get(PATH).headers["ETag"]
    assert client.get(PATH, headers={"If-None-Match": tag}).status_code == 304

    put(client, headers={"If-Match": tag}, label="One")
    put(client, status=412, headers={"If-Match": tag}, label="Two")
    put(client, status=412, headers={"If-None-Match": "*"}, label="Two")
    put(client, PATH + "x", status=412, headers={"If-Match": "*"}, label="Two")
    assert client.delete(PATH, headers={"If-Match": tag}).status_code == 412
    assert client.get(PATH).json["label"] == "One"


def test_an_account_goes_with_its_secrets_and_its_versions_go_on(client: FlaskClient, platform: Platform, main) -> None:
    assert client.delete(PATH).json == {"provider": "openai", "account_id": "main", "status": "deleted"}

    assert (client.get(PATH).status_code, client.delete(PATH).status_code) == (404, 404)
    assert not platform.store.redis.exists(platform.store.keys.record("account", "openai/main"))
    assert client.get("/events?event_type=integration.account_deleted").json[0]["data"]["account_id"] == "main"
    assert put(client, status=201, label="again").json["version"] == 2


def test_what_is_wrong_is_named_and_no_secret_is_quoted(client: FlaskClient) -> None:
    answer = put(
        client, status=422, secrets={"api_key": [CANARY]}, base_url=f"https://me:{CANARY}@example.com", shedule=1
    )

    assert [error["loc"] for error in answer.json["errors"]] == [["secrets", "api_key"], ["base_url"], ["shedule"]]
    assert CANARY not in answer.text
    assert client.get(PATH).status_code == 404


def test_what_is_no_name_is_no_account(client: FlaskClient) -> None:
    for path in ("openai", "openai/..", "./main", "a%2Fb/main", "open%20ai/main", f"{'x' * 65}/main", "a/b/c"):
        assert client.put(f"/integrations/accounts/{path}", json={}).status_code in (404, 405), path


@pytest.fixture
def site():
    """The service of an account."""
    with server.running() as running:
        yield running


def test_a_connection_is_tried_and_the_outcome_kept(platform: Platform, site) -> None:
    inside = replace(platform, settings=replace(platform.settings, http_allow_private=("127.0.0.1",)))
    client = create_app(inside).test_client()
    put(client, status=201, base_url=f"{site.url()}v1", secrets={"api_key": CANARY})
    outcomes = {200: "ok", 401: "refused", 403: "refused", 302: "failed", 500: "failed"}

    for status, outcome in outcomes.items():
        site.pages["/v1/models"] = (status, {"Location": "/elsewhere"}, CANARY.encode())
        answer = client.post(f"{PATH}/test")

        assert (answer.status_code, answer.json["outcome"], answer.json["status"]) == (200, outcome, status)
        assert client.get(PATH).json["tested"] == answer.json
        assert CANARY not in answer.text
    assert {seen.headers["Authorization"] for seen in site.seen} == {f"Bearer {CANARY}"}
    assert len(site.seen) == len(outcomes)
    assert put(client, label="changed").json["tested"] is None


def test_a_private_address_is_not_tried_without_leave(client: FlaskClient, site) -> None:
    put(client, status=201, base_url=site.url(), secrets={"api_key": CANARY})

    answer = client.post(f"{PATH}/test").json

    assert (answer["outcome"], answer["status"], site.seen) == ("failed", None, [])
    assert "leads to a private or reserved address; HTTP_ALLOW_PRIVATE can allow it" in answer["detail"]


def test_an_account_that_lacks_its_secret_says_so(client: FlaskClient) -> None:
    put(client, status=201, label="empty")
    assert "it has no base_url" in client.post(f"{PATH}/test").json["detail"]

    put(client, base_url="https://api.openai.com/v1")

    assert "'api_key' is not set" in client.post(f"{PATH}/test").json["detail"]
    assert client.post(f"{PATH}x/test").status_code == 404


def test_a_missing_key_of_secrets_makes_it_unready(platform: Platform) -> None:
    platform.store.redis.sadd(platform.store.keys.sealing_keys, key_id(new_key()))
    stranger = replace(platform, settings=replace(platform.settings, encryption_keys=(new_key(),)))

    answer = create_app(stranger).test_client().get("/readyz")

    assert (answer.status_code, "missing key" in answer.json["detail"]) == (503, True)


def test_a_change_that_was_bound_to_nothing_is_made_behind_another_s(client: FlaskClient, main, monkeypatch):
    change = records.change

    def slow(*about):
        monkeypatch.setattr(records, "change", change)
        put(client, label="Theirs")
        return change(*about)

    monkeypatch.setattr(records, "change", slow)
    mine = put(client, config={"region": "us"}).json

    assert (mine["label"], mine["config"]["region"]) == ("Theirs", "us")
    entry = client.get("/audit/logs?object=account:openai/main").json[0]
    assert (entry["before"]["label"], entry["after"]["config"]["region"]) == ("Theirs", "us")
