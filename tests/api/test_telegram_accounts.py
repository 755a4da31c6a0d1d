"""Telegram accounts over the API: a token that only goes in, who is answered, and a try of it."""

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from runners.engine.platform import Platform
from tests.connector import bot_api
from webapp import create_app

TOKEN = bot_api.TOKEN
MASK = "****seen"
PATH = "/connector/telegram/accounts/sales"


def put(client: FlaskClient, status: int = 200, /, **fields):
    answer = client.put(PATH, json=fields)
    assert answer.status_code == status, answer.data
    return answer


def test_an_account_is_made_with_its_token_out_of_sight(client: FlaskClient, platform: Platform) -> None:
    made = put(client, 201, token=TOKEN, allowed_chats=[-5, 7, 7], allowed_senders=[2], label="Sales")

    row = client.get(PATH).json
    assert made.json == row | {"status": "created"}
    assert (row["token"], row["has_secret"], row["readable"]) == (MASK, True, True)
    assert (row["allowed_chats"], row["allowed_senders"], row["enabled"]) == ([-5, 7], [2], True)
    (event,) = client.get("/events?event_type=connector.telegram.*").json
    assert event["type"] == "connector.telegram.account_upserted"
    store, keys = platform.store.redis, platform.store.keys
    kept = json.dumps([store.hgetall(keys.record("telegram", "sales")), event, store.zrange(keys.audit, 0, -1)])
    assert "canary" not in kept


def test_only_what_is_named_changes_and_null_clears(client: FlaskClient) -> None:
    put(client, 201, token=TOKEN, allowed_chats=[1], allowed_senders=[2])

    assert put(client, token=MASK, allowed_chats=[1]).json["status"] == "unchanged"
    put(client, allowed_senders=None, enabled=False)
    row = client.get(PATH).json
    assert (row["token"], row["allowed_chats"], row["allowed_senders"], row["enabled"]) == (MASK, [1], [], False)
    assert put(client, token=None).json["has_secret"] is False


def test_a_change_can_be_bound_to_the_version_that_was_read(client: FlaskClient) -> None:
    tag = put(client, 201, token=TOKEN).headers["ETag"]

    assert client.put(PATH, json={"label": "a"}, headers={"If-Match": tag}).status_code == 200
    assert client.put(PATH, json={"label": "b"}, headers={"If-Match": tag}).status_code == 412
    assert client.delete(PATH, headers={"If-Match": tag}).status_code == 412
    assert client.delete(PATH).json == {"account_id": "sales", "status": "deleted"}
    assert client.get(PATH).status_code == 404


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"token": "canary is no token"}, ["token"]),
        ({"token": 5}, ["token"]),
        ({"token": "****1234"}, ["token"]),
        ({"allowed_chats": ["1"]}, ["allowed_chats", 0]),
        ({"allowed_senders": [2**52 + 1]}, ["allowed_senders", 0]),
        ({"allowed_chats": [True]}, ["allowed_chats", 0]),
        ({"chats": [1]}, ["chats"]),
    ],
)
def test_what_is_wrong_is_named_and_no_token_is_quoted(client: FlaskClient, fields, loc) -> None:
    answer = put(client, 422, **fields)

    assert [error["loc"] for error in answer.json["errors"]] == [loc]
    assert "canary" not in answer.text


def test_the_account_of_the_environment_is_no_stored_one(client: FlaskClient) -> None:
    answer = client.put("/connector/telegram/accounts/default", json={"token": TOKEN})

    assert answer.status_code == 422
    assert "the one of TELEGRAM_BOT_TOKEN" in answer.text


@pytest.mark.parametrize(
    ("token", "outcome", "words"),
    [
        (TOKEN, "ok", "it is the bot @bot424242"),
        ("9:not-known", "refused", "does not take the token (it answered 404)"),
        (None, "failed", "it has no token"),
    ],
)
def test_a_try_says_whose_token_it_is(platform: Platform, token, outcome, words) -> None:
    with bot_api.running() as api:
        settings = replace(platform.settings, telegram_api_base=api.url)
        client = create_app(replace(platform, settings=settings)).test_client()
        put(client, 201, token=token)

        tried = client.post(f"{PATH}/test").json

    assert (tried["outcome"], words in tried["detail"]) == (outcome, True), tried
    assert client.get(PATH).json["tested"] == tried
