"""A request that is repeated with its key happens once, and gets its first answer again."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from runners.engine.store import answers


def test_the_same_key_and_body_get_the_first_answer(client: FlaskClient, save: Any) -> None:
    save("daily", inputs={"allow_overlap": True})

    first, second = (client.post("/jobs/daily/run", headers={"Idempotency-Key": "k1"}) for _ in range(2))
    third = client.post("/jobs/daily/run", headers={"Idempotency-Key": "k2"})

    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"
    assert third.json["run_id"] != first.json["run_id"]
    assert client.get("/runs").headers["X-Total-Count"] == "2"


def test_a_created_job_is_answered_as_created_again(client: FlaskClient) -> None:
    spec = {"job_id": "daily", "type": "simulation.heavy"}

    first, second = (client.post("/jobs", json=spec, headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["Location"] == "/jobs/daily"
    assert second.headers["ETag"] == first.headers["ETag"]


def test_a_refusal_is_answered_again_too(client: FlaskClient) -> None:
    first, second = (client.post("/jobs", json={}, headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (422, 422)
    assert second.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "body"), [("/jobs", b'{"a":1}'), ("/jobs/preview", b"{}"), ("/jobs/preview?count=2", b"{}")]
)
def test_the_same_key_for_another_request_is_a_conflict(client: FlaskClient, path: str, body: bytes) -> None:
    client.post("/jobs", data=b"{}", content_type="application/json", headers={"Idempotency-Key": "k"})

    answer = client.post(path, data=body, content_type="application/json", headers={"Idempotency-Key": "k"})

    assert answer.status_code == 409


def test_nothing_is_kept_of_what_changes_nothing(client: FlaskClient, platform: Any) -> None:
    spec = {"job_id": "daily", "type": "simulation.heavy"}

    given = [client.post("/jobs/preview", json=spec, headers={"Idempotency-Key": "k"}) for _ in range(2)]

    assert [(answer.status_code, "Idempotency-Replayed" in answer.headers) for answer in given] == [(200, False)] * 2
    assert platform.store.redis.keys(platform.store.keys.idempotency("*", "*")) == []


def test_a_public_route_takes_its_key_for_nothing(client: FlaskClient) -> None:
    answer = client.post("/connector/telegram/webhook/sales", json={}, headers={"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json["detail"]) == (401, "this is not the secret of the webhook")


@pytest.mark.parametrize("key", ["", "a" * 256, "\u00e9", "a\tb", "\x7f"])
def test_a_key_is_short_printable_ascii(client: FlaskClient, key: str) -> None:
    assert client.post("/jobs", json={}, headers={"Idempotency-Key": key}).status_code == 400


def test_fifty_at_once_make_one_run(app: Flask, client: FlaskClient, save: Any) -> None:
    save("daily", inputs={"allow_overlap": True})

    def ask(_: int) -> int:
        return app.test_client().post("/jobs/daily/run", headers={"Idempotency-Key": "storm"}).status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = set(pool.map(ask, range(50)))

    assert statuses <= {200, 409}
    assert 200 in statuses
    assert client.get("/runs").headers["X-Total-Count"] == "1"


def test_a_late_answer_does_not_replace_another_claim(platform: Any) -> None:
    late = answers.claim(platform.store, "me", "k", "f")
    assert isinstance(late, answers.Claim)
    platform.store.redis.delete(late.place)
    current = answers.claim(platform.store, "me", "k", "f")

    answers.keep(platform.store, late, answers.Answer("f", 200, {}, "late"))

    assert isinstance(current, answers.Claim)
    assert platform.store.redis.get(current.place) == current.text


def test_a_key_given_back_can_be_claimed_again(platform: Any) -> None:
    claim = answers.claim(platform.store, "me", "k", "f")
    assert isinstance(claim, answers.Claim)

    answers.release(platform.store, claim)

    assert isinstance(answers.claim(platform.store, "me", "k", "f"), answers.Claim)


def test_givenlive_for_a_day_and_claims_for_a_minute(client: FlaskClient, platform: Any) -> None:
    claim = answers.claim(platform.store, "me", "k", "f")
    assert isinstance(claim, answers.Claim)
    claimed_ms = platform.store.redis.pttl(claim.place)
    answers.keep(platform.store, claim, answers.Answer("f", 200, {}, ""))

    assert 50_000 < claimed_ms <= 60_000
    assert 86_000_000 < platform.store.redis.pttl(claim.place) <= 86_400_000
