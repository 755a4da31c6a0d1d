"""Slack accounts over the API: secrets that only go in, who is answered, and a try of the token."""

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from runners.engine.platform import Platform
from tests.connector import slack_api
from tests.connector.slack_api import SECRET, TEAM, TOKEN
from webapp import create_app

PATH = "/connector/slack/accounts/ops"
HOOK = "https://hooks.slack.com/services/canary-address"


def put(client: FlaskClient, status: int = 200, /, **fields):
    answer = client.put(PATH, json=fields)
    assert answer.status_code == status, answer.data
    return answer


def test_an_account_is_made_with_its_secrets_out_of_sight(client: FlaskClient, platform: Platform) -> None:
    made = put(client, 201, signing_secret=SECRET, token=TOKEN, team=TEAM, allowed_chats=["C2", "C1", "C1"])

    row = client.get(PATH).json
    assert made.json == row | {"status": "created"}
    assert (row["signing_secret"], row["token"], row["webhook_url"]) == ("****6789", "****6789", None)
    assert (row["team"], row["allowed_chats"], row["allowed_senders"]) == (TEAM, ["C1", "C2"], [])
    assert row["api_base"] == "https://slack.com/api"
    (event,) = client.get("/events?event_type=connector.slack.*").json
    assert event["type"] == "connector.slack.account_upserted"
    store, keys = platform.store.redis, platform.store.keys
    kept = json.dumps([store.hgetall(keys.record("slack", "ops")), event, store.zrange(keys.audit, 0, -1)])
    assert "canary" not in kept


def test_only_what_is_named_changes_null_clears_and_it_is_deleted(client: FlaskClient) -> None:
    tag = put(client, 201, token=TOKEN, team=TEAM, allowed_chats=["C1"]).headers["ETag"]

    assert put(client, token="****6789", team=TEAM).json["status"] == "unchanged"
    assert put(client, token=None, webhook_url=HOOK, team=None).json["webhook_url"] == "****ress"
    row = client.get(PATH).json
    assert (row["token"], row["team"], row["allowed_chats"]) == (None, "", ["C1"])
    assert client.delete(PATH, headers={"If-Match": tag}).status_code == 412
    assert client.delete(PATH).json == {"account_id": "ops", "status": "deleted"}
    assert client.get(PATH).status_code == 404


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"signing_secret": "canary"}, ["signing_secret"]),
        ({"token": 5}, ["token"]),
        ({"token": "canary with a blank in it"}, ["token"]),
        ({"webhook_url": "ftp://canary.example.org/x"}, ["webhook_url"]),
        ({"webhook_url": HOOK, "token": TOKEN}, ["webhook_url"]),
        ({"webhook_url": HOOK, "allowed_chats": ["C1", "C2"]}, ["allowed_chats"]),
        ({"api_base": "slack.com"}, ["api_base"]),
        ({"team": "T1/C1"}, ["team"]),
        ({"allowed_chats": [1]}, ["allowed_chats", 0]),
        ({"allowed_senders": ["<@U1>"]}, ["allowed_senders", 0]),
        ({"secret": "x"}, ["secret"]),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_is_quoted(client: FlaskClient, fields, loc) -> None:
    answer = put(client, 422, **fields)

    assert [error["loc"] for error in answer.json["errors"]] == [loc]
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    ("fields", "outcome", "words"),
    [
        ({"token": TOKEN, "team": TEAM}, "ok", "it is the workspace T1"),
        ({"token": TOKEN, "team": "T2"}, "failed", "of the workspace 'T1'"),
        ({"token": "xoxb-not-known-0123456789", "team": TEAM}, "refused", "invalid_auth"),
        ({"webhook_url": HOOK}, "ok", "only be tried by writing"),
        ({}, "failed", "neither token nor webhook_url"),
        ({"token": TOKEN, "signing_secret": None}, "failed", "no signing secret"),
    ],
)
def test_a_try_says_what_is_wrong(platform: Platform, fields, outcome, words) -> None:
    with slack_api.running() as slack:
        settings = replace(platform.settings, http_allow_private=("127.0.0.1",))
        client = create_app(replace(platform, settings=settings)).test_client()
        put(client, 201, **{"signing_secret": SECRET, "api_base": f"{slack.url}/api"} | fields)

        tried = client.post(f"{PATH}/test").json

    assert (tried["outcome"], words in tried["detail"]) == (outcome, True), tried
    assert client.get(PATH).json["tested"] == tried
