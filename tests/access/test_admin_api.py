"""People and tokens over the API: made, changed and ended by administrators, and no secret ever comes back."""

import hashlib
import json

import pytest

from tests.access.conftest import bearer, of_environment
from tests.planted import PASSWORD

ANA = {"name": "ana", "role": "operator", "password": PASSWORD}


@pytest.fixture
def admin(client):
    """Ask as an administrator."""

    def ask(method, path, **sent):
        headers = {**of_environment("admin"), **sent.pop("headers", {})}
        return client.open(path, method=method, headers=headers, **sent)

    return ask


def test_a_person_is_made_read_changed_and_deleted(admin):
    made = admin("POST", "/people", json=ANA)
    changed = admin("PUT", "/people/ana", json={"role": "viewer"}, headers={"If-Match": made.headers["ETag"]})
    listed = admin("GET", "/people")

    assert (made.status_code, made.headers["Location"], made.json["version"]) == (201, "/people/ana", 1)
    assert (changed.status_code, changed.json["role"], changed.headers["ETag"]) == (200, "viewer", '"2"')
    assert (listed.json, listed.headers["X-Total-Count"]) == ([changed.json], "1")
    assert admin("PUT", "/people/ana", json={"disabled": True}, headers={"If-Match": '"1"'}).status_code == 412
    tag = admin("GET", "/people/ana").headers["ETag"]
    assert admin("GET", "/people/ana", headers={"If-None-Match": tag}).status_code == 304
    assert admin("DELETE", "/people/ana").json == {"name": "ana", "status": "deleted"}
    assert admin("GET", "/people/ana").status_code == 404
    assert admin("POST", "/people", json=ANA).json["version"] == 3


def test_no_answer_about_a_person_tells_of_the_password(admin):
    answers = [
        admin("POST", "/people", json=ANA),
        admin("PUT", "/people/ana", json={"password": "a lantern under green water"}),
        admin("GET", "/people/ana"),
        admin("GET", "/people"),
        admin("PUT", "/people/ana", json={"password": "hunter2"}),
        admin("PUT", "/people/ana", json={"password": ["hunter2"]}),
        admin("POST", "/people", json={**ANA, "password": {"hunter2": 1}, "role": "boss"}),
    ]

    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 422, 422, 422]
    assert not any(word in answer.text for answer in answers for word in ("herons", "lantern", "hunter2", "argon2"))


def test_a_token_is_shown_once_lets_in_and_is_revoked(admin, client):
    made = admin("POST", "/tokens", json={"name": "ci", "role": "operator", "expires_at": "2099-01-01T00:00:00Z"})
    token, place = made.json["token"], made.headers["Location"]

    assert made.status_code == 201
    assert client.get("/auth/me", headers=bearer(token)).json["subject"] == "token:ci"
    assert "token" not in admin("GET", place).json and token.split("_", 2)[2] not in admin("GET", "/tokens").text
    assert admin("DELETE", place).json["status"] == "revoked"
    assert admin("DELETE", place).json["revoked_by"] == "environment:AUTH_ADMIN_TOKEN"
    assert client.get("/auth/me", headers=bearer(token)).status_code == 401
    assert admin("POST", "/tokens", json={"name": "ci", "role": "viewer"}).status_code == 201


def test_a_repeated_request_for_a_token_gets_its_answer_without_the_token(admin, guarded):
    asked = {"json": {"name": "ci", "role": "viewer"}, "headers": {"Idempotency-Key": "k1"}}

    first, second = admin("POST", "/tokens", **asked), admin("POST", "/tokens", **asked)

    assert (second.status_code, second.headers["Idempotency-Replayed"]) == (201, "true")
    assert second.json == {**first.json, "token": None}
    kept = str([guarded.store.redis.get(key) for key in guarded.store.redis.scan_iter("*idempotency*")])
    assert first.json["token_id"] in kept
    assert first.json["token"].split("_", 2)[2] not in kept


def test_a_repeated_request_for_a_person_keeps_nothing_of_the_password(admin, guarded):
    asked = {"json": ANA, "headers": {"Idempotency-Key": "k1"}}

    assert [admin("POST", "/people", **asked).status_code for _ in range(2)] == [201, 201]

    (key,) = guarded.store.redis.scan_iter("*idempotency*")
    kept = json.loads(guarded.store.redis.get(key))
    assert "herons" not in str(kept) and kept["fingerprint"] != plain_digest(ANA)


def plain_digest(body):
    """Return what anybody could compute to try passwords against."""
    head = "POST /people?\n"
    return hashlib.sha256(head.encode() + json.dumps(body).encode()).hexdigest()


@pytest.mark.parametrize(
    ("body", "locs"),
    [
        ({}, ["name", "role", "password"]),
        ({**ANA, "role": "boss"}, ["role"]),
        ({**ANA, "name": "Ana"}, ["name"]),
        ({**ANA, "admin": True}, ["admin"]),
        ({**ANA, "password": "password12345"}, ["password"]),
        ({**ANA, "name": 7}, ["name"]),
    ],
)
def test_what_is_wrong_with_a_person_is_named(admin, body, locs):
    answer = admin("POST", "/people", json=body)

    assert answer.status_code == 422
    assert [row["loc"][0] for row in answer.json["errors"]] == locs


@pytest.mark.parametrize(
    ("body", "locs"),
    [
        ({}, ["name", "role"]),
        ({"name": "a b", "role": "viewer"}, ["name"]),
        ({"name": "ci", "role": "viewer", "expires_at": "tomorrow"}, ["expires_at"]),
        ({"name": "ci", "role": "viewer", "expires_at": 4_000_000_000}, ["expires_at"]),
        ({"name": "ci", "role": "viewer", "expires_at": "2001-01-01T00:00:00Z"}, ["expires_at"]),
        ({"name": "ci", "role": "viewer", "digest": "x"}, ["digest"]),
    ],
)
def test_what_is_wrong_with_a_token_is_named(admin, body, locs):
    answer = admin("POST", "/tokens", json=body)

    assert answer.status_code == 422
    assert [row["loc"][0] for row in answer.json["errors"]] == locs


@pytest.mark.parametrize("path", ["/people", "/tokens"])
def test_lists_go_on_by_their_links(admin, path):
    for name in ("a", "b", "c"):
        body = {**ANA, "name": name} if path == "/people" else {"name": name, "role": "viewer"}
        assert admin("POST", path, json=body).status_code == 201

    first = admin("GET", f"{path}?limit=2")
    second = admin("GET", first.headers["Link"].partition(">")[0][1:])

    names = [row["name"] for row in (*first.json, *second.json)]
    assert names == (["a", "b", "c"] if path == "/people" else ["c", "b", "a"])
    assert "Link" not in second.headers and first.headers["X-Total-Count"] == "3"
