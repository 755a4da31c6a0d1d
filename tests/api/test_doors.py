"""What a request must pass before anything is done for it: host, site, role, method."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from runners.engine.operations import Actor, Role
from webapp import roles
from webapp.roles import hold_roles, needs

MUTATIONS = [
    ("POST", "/jobs"),
    ("PUT", "/jobs/a"),
    ("DELETE", "/jobs/a"),
    ("PUT", "/jobs/a/enable"),
    ("POST", "/jobs/a/run"),
    ("DELETE", "/jobs/a/memory"),
    ("POST", "/runs/run_2222222222_222222222222/cancel"),
    ("POST", "/runs/run_2222222222_222222222222/retry"),
    ("POST", "/jobs/a/pause"),
    ("POST", "/flow-groups/a/resume"),
    ("PUT", "/flow-groups/a"),
    ("POST", "/queue/pause"),
    ("POST", "/agents/a/drain"),
    ("POST", "/agents/a/stop"),
    ("POST", "/jobs/preview"),
    ("POST", "/jobs/import"),
]


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]", "[::1]:8000", "LOCALHOST:1"]
)
def test_loopback_names_are_served(client: FlaskClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.2",
        "0.0.0.0",
        "localhost:8000@evil",
        "localhost:x",
        "::1",
        "local host",
        "localhost,evil",
        "127.1",
        "2130706433",
        "\u0131ocalhost".encode().decode("latin-1"),
    ],
)
@pytest.mark.parametrize("path", ["/healthz", "/jobs", "/ui", "/nothing"])
def test_other_hosts_are_misdirected(client: FlaskClient, host: str, path: str) -> None:
    answer = client.get(path, headers={"Host": host})

    assert answer.status_code in (400, 421)
    assert "X-Request-ID" in answer.headers


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-Host", "X-Forwarded-For", "Forwarded", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override"],
)
def test_forwarded_headers_change_nothing(client: FlaskClient, header: str) -> None:
    answer = client.get("/healthz", headers={header: "evil.example", "Host": "localhost"})

    assert answer.status_code == 200
    assert "evil" not in str(answer.headers)


@pytest.mark.parametrize(("method", "path"), MUTATIONS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "Same-Origin"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:8001"},
        {"Origin": "http://[broken"},
        {"Origin": "file://localhost"},
        {"Origin": ""},
    ],
)
def test_another_site_changes_nothing(client: FlaskClient, method: str, path: str, headers: dict[str, str]) -> None:
    for body in (None, b"{}"):
        answer = client.open(path, method=method, headers=headers, data=body, content_type="application/json")

        assert answer.status_code == 403, headers
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}]
)
def test_this_site_and_programs_may_change(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.put("/jobs/a/enable", headers=headers).status_code == 404


def test_a_route_without_a_role_stops_the_start() -> None:
    app = Flask("bare")
    app.add_url_rule("/open", "forgotten", lambda: "")

    with pytest.raises(RuntimeError, match="forgotten"):
        hold_roles(app)


@pytest.mark.parametrize(
    ("held", "needed", "status"),
    [
        (Role.VIEWER, Role.VIEWER, 200),
        (Role.VIEWER, Role.OPERATOR, 403),
        (Role.OPERATOR, Role.ADMIN, 403),
        (Role.ADMIN, Role.OPERATOR, 200),
        (Role.VIEWER, roles.PUBLIC, 200),
    ],
)
def test_a_role_opens_what_it_covers(
    monkeypatch: pytest.MonkeyPatch, held: Role, needed: Role | None, status: int
) -> None:
    app = Flask("bare")
    app.add_url_rule("/door", "door", needs(needed)(lambda: "open"))
    monkeypatch.setattr(roles, "actor", lambda: Actor("somebody", held, "api", ""))
    hold_roles(app)

    assert app.test_client().get("/door").status_code == status


def test_an_unknown_path_is_a_problem(client: FlaskClient) -> None:
    answer = client.get("/nothing")

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json["title"] == "Not Found"


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/jobs"), ("POST", "/healthz"), ("PATCH", "/jobs/a"), ("TRACE", "/runs")]
)
def test_a_wrong_method_names_the_right_ones(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "//evil.example/..",
        "/jobs/",
        "/ui//evil.example",
        "/\t/evil.example",
        "/jobs/../../etc",
        "/jobs/\x00",
        "/jobs/a\r\nX-Evil: 1",
        "/jobs/\u202e".encode().decode("latin-1"),
        "/jobs/\xff",
        "/jobs/" + "a" * 129,
        "/runs/run_..",
        "/runs/*",
    ],
)
def test_no_path_leads_elsewhere(client: FlaskClient, path: str) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": path})

    assert answer.status_code == 404
    assert "Location" not in answer.headers
    assert "X-Evil" not in answer.headers


def test_the_root_leads_to_the_dashboard(client: FlaskClient) -> None:
    answer = client.get("/?next=//evil.example")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/ui"
