"""Whoever shows no token, or none that is right, gets a 401 that tells how to show one, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.settings import read
from tests.access.conftest import ADMIN, AUTH, bearer, of_environment
from webapp import create_app

VIEWER_TOKEN = AUTH["AUTH_VIEWER_TOKEN"]


def made(platform, name="ci", role=Role.OPERATOR, expires_at=None):
    return operations.create_token(platform, ADMIN, name, role, expires_at)


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
def test_a_token_of_the_environment_has_its_role_and_a_name_that_is_no_part_of_it(client, role):
    answer = client.get("/auth/me", headers=of_environment(role))

    assert answer.json == {"enabled": True, "role": role, "subject": f"environment:AUTH_{role.upper()}_TOKEN"}


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": f"bearer {VIEWER_TOKEN}"}, {"X-API-Key": VIEWER_TOKEN}, {"Authorization": f"Bearer  {VIEWER_TOKEN} "},
     {"Authorization": "Basic YTpi", "X-API-Key": VIEWER_TOKEN}, {**bearer(VIEWER_TOKEN), "X-API-Key": VIEWER_TOKEN}],
)  # fmt: skip
def test_a_token_may_come_in_either_header(client, headers):
    assert client.get("/jobs", headers=headers).status_code == 200


NAMED = "mjt_aaaaaaaaaaaa_" + "A" * 43
BAD = [
    *("", "x", VIEWER_TOKEN[:-1], VIEWER_TOKEN + "x", VIEWER_TOKEN.upper(), f"{VIEWER_TOKEN} {VIEWER_TOKEN}"),
    *(f"{VIEWER_TOKEN},{VIEWER_TOKEN}", "a" * 513, "a" * 8000, "\u00e9" * 30, "\xff\xfe", "null", "../", "*", "mjt_*"),
    *(
        NAMED,
        NAMED + "A",
        "mjt_aaaaaaaaaaaa_",
        "mjt_" + "a" * 12 + "_" + "\u00b2" * 43,
        "mjt_people_" + "A" * 43,
        "%00",
    ),
]


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_what_is_no_token_is_refused_with_a_challenge_and_without_an_echo(client, header, text):
    value = f"Bearer {text}" if header == "Authorization" else text

    answer = client.get(
        "/jobs", headers={header: value}, environ_overrides={"REMOTE_ADDR": f"127.0.0.{len(text) % 250}"}
    )

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="multijob", error="invalid_token"'
    assert answer.content_type == "application/problem+json"
    assert len(text) < 6 or text[:12] not in answer.text


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Basic YTpi"}, {"Cookie": f"session={VIEWER_TOKEN}; token=x"}]
)
def test_nobody_is_told_how_to_say_who_he_is(client, headers):
    answer = client.get("/jobs", headers=headers)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="multijob"')
    assert "Authorization: Bearer TOKEN" in answer.json["detail"]


def test_two_different_tokens_are_refused(client):
    both = {**of_environment("viewer"), "X-API-Key": AUTH["AUTH_ADMIN_TOKEN"]}

    assert client.get("/jobs", headers=both).status_code == 401


@pytest.mark.parametrize("query", ["token", "api_key", "access_token"])
def test_a_token_in_an_address_is_nothing(client, query):
    answer = client.get(f"/jobs?{query}={VIEWER_TOKEN}")

    assert answer.status_code == 401
    assert VIEWER_TOKEN not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/jobs"), ("GET", "/jobs/there"), ("GET", "/jobs/not-there"), ("GET", "/nothing"), ("PATCH", "/jobs"),
     ("DELETE", "/healthz"), ("OPTIONS", "/jobs"), ("HEAD", "/jobs/there"), ("POST", "/jobs"), ("TRACE", "/jobs"),
     ("GET", "/jobs?limit=x"), ("GET", "/openapi.json"), ("GET", "/docs"), ("GET", "/metrics"), ("GET", "/auth/me")],
)  # fmt: skip
def test_nobody_learns_what_there_is(client, save_as_admin, method, path):
    save_as_admin("there")

    answer = client.open(path, method=method, data=b"x" * 2_000_000 if method == "POST" else None)
    unknown = client.get("/some/other/path")

    assert answer.status_code == 401
    assert method == "HEAD" or answer.data == unknown.data
    assert {name for name, _ in answer.headers} == {name for name, _ in unknown.headers}


@pytest.fixture
def save_as_admin(client):
    def save(job_id):
        spec = {"job_id": job_id, "type": "simulation.heavy", "schedule": None}
        assert client.post("/jobs", json=spec, headers=of_environment("admin")).status_code == 201

    return save


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("headers", [{}, bearer("wrong"), {"X-API-Key": "\xff"}, {"Host": "10.1.2.3:8000"}])
def test_health_is_for_everybody_whatever_they_show(client, path, headers):
    assert client.get(path, headers=headers).status_code == 200


@pytest.mark.reproduces("401 again and again", "the token was revoked, has expired, or its person was removed")
def test_a_named_token_counts_until_it_is_revoked(client, guarded):
    new = made(guarded)
    assert client.get("/auth/me", headers=bearer(new.text)).json["subject"] == "token:ci"

    operations.revoke_token(guarded, ADMIN, new.token.id)

    assert client.get("/auth/me", headers=bearer(new.text)).status_code == 401


def test_a_named_token_counts_until_it_expires(platform, clock, server_env):
    clocked = replace(platform, store=replace(platform.store, clock=clock), settings=read(server_env | AUTH))
    client = create_app(clocked).test_client()
    new = made(clocked, expires_at=clock() + timedelta(hours=1))
    assert client.get("/jobs", headers=bearer(new.text)).status_code == 200

    clock.advance(hours=1)

    assert client.get("/jobs", headers=bearer(new.text)).status_code == 401


def test_a_tokens_last_use_is_kept_to_the_minute_and_the_first_in_a_day_is_audited(platform, clock, server_env):
    clocked = replace(platform, store=replace(platform.store, clock=clock), settings=read(server_env | AUTH))
    new, began = made(clocked), clock()
    used, audited = [], []

    for _ in range(3):
        # a process of its own: what one has put down, it does not put down again within a minute
        create_app(clocked).test_client().get("/jobs", headers=bearer(new.text))
        used.append(operations.get_token(clocked, ADMIN, new.token.id).used_at - began)
        audited.append(uses_in_audit(clocked))
        clock.advance(seconds=31)
    clock.advance(days=1)
    create_app(clocked).test_client().get("/jobs", headers=bearer(new.text))

    assert used == [timedelta(), timedelta(), timedelta(seconds=62)]
    assert (audited, uses_in_audit(clocked)) == ([1, 1, 1], 2)


def test_the_first_use_of_an_environments_token_is_audited(client, guarded):
    for _ in range(3):
        client.get("/jobs", headers=of_environment("viewer"))

    assert uses_in_audit(guarded) == 1


def uses_in_audit(platform):
    """Return how many entries tell of a token's use."""
    return sum("use_token" in row for row in platform.store.redis.zrange(platform.store.keys.audit, 0, -1))


def test_a_tokens_secret_stands_nowhere_in_the_store(client, guarded):
    new = made(guarded)
    client.get("/jobs", headers=bearer(new.text))

    redis = guarded.store.redis
    kept = str([redis.hgetall(key) for key in redis.scan_iter(f"{guarded.store.keys.prefix}token:*")])

    assert new.token.id in str(list(redis.scan_iter("*token:*"))) and "digest" in kept
    assert new.text.split("_", 2)[2] not in kept and new.text not in repr(new)


def test_the_token_of_the_metrics_reads_nothing_else(configured):
    client, shown = configured(METRICS_TOKEN="metrics-90b1e7c52f6d8a43"), bearer("metrics-90b1e7c52f6d8a43")

    assert client.get("/metrics", headers=shown).status_code == 200
    assert client.get("/metrics", headers=of_environment("viewer")).status_code == 200
    assert client.get("/jobs", headers=shown).status_code == 401
    assert client.get("/auth/me", headers=shown).status_code == 401


@pytest.mark.reproduces("401 again and again", "the header is another")
def test_header_and_scheme_are_as_configured(configured):
    client = configured(AUTH_TOKEN_HEADER="X-Ops-Token", AUTH_TOKEN_SCHEME="Token")

    assert client.get("/jobs", headers={"X-Ops-Token": f"Token {VIEWER_TOKEN}"}).status_code == 200
    refused = client.get("/jobs", headers=of_environment("viewer"))
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Token realm="multijob"')


def test_more_tokens_come_with_their_roles(configured):
    client = configured(AUTH_API_KEYS="1f0c7e6a9b2d4853aa-deploy:operator, 77b09d3c51e2f8460c:looks:viewer")

    first = client.get("/auth/me", headers=bearer("1f0c7e6a9b2d4853aa-deploy")).json
    second = client.get("/auth/me", headers=bearer("77b09d3c51e2f8460c:looks")).json

    assert (first["role"], first["subject"]) == ("operator", "environment:AUTH_API_KEYS.1")
    assert (second["role"], second["subject"]) == ("viewer", "environment:AUTH_API_KEYS.2")


def test_a_preflight_of_an_allowed_origin_is_answered_the_same_for_every_address(configured):
    client = configured(CORS_ALLOW_ORIGINS="https://ops.example.com")
    asked = {"Origin": "https://ops.example.com", "Access-Control-Request-Method": "GET"}

    answers = [client.options(path, headers=asked) for path in ("/jobs", "/nothing")]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert "Authorization" in answers[0].headers["Access-Control-Allow-Headers"]
    assert "Allow" not in answers[0].headers
    assert client.options("/jobs", headers=asked | {"Origin": "https://evil.example"}).status_code == 401


@pytest.mark.parametrize(
    ("public_url", "host", "status"),
    [
        (None, "anything.example", 200),
        ("https://ops.example.com", "ops.example.com", 200),
        ("https://ops.example.com", "OPS.example.com:443", 200),
        ("https://ops.example.com", "localhost:8000", 200),
        ("https://ops.example.com", "ops.example.com:80", 421),
        ("https://ops.example.com", "evil.example", 421),
        ("https://ops.example.com", "ops.example.com.evil.example", 421),
        ("http://ops.example.com:8080", "ops.example.com:8080", 200),
        ("http://ops.example.com:8080", "ops.example.com", 421),
    ],
)
def test_the_names_that_are_served_come_from_the_configuration(configured, public_url, host, status):
    client = configured(**({"PUBLIC_URL": public_url} if public_url else {}))

    answer = client.get(
        "/queue", headers={"Host": host, "X-Forwarded-Host": "ops.example.com", **of_environment("viewer")}
    )

    assert answer.status_code == status
    assert ("Strict-Transport-Security" in answer.headers) is (public_url or "").startswith("https")


def test_without_sign_in_another_machine_is_refused_whatever_it_says(platform):
    client = create_app(platform).test_client()

    answer = client.get(
        "/jobs", environ_overrides={"REMOTE_ADDR": "192.0.2.7"}, headers={"X-Forwarded-For": "127.0.0.1"}
    )

    assert answer.status_code == 403
    assert "AUTH_ENABLED=true" in answer.json["detail"]
