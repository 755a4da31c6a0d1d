"""What every response carries."""

import re

import pytest
from flask.testing import FlaskClient

from webapp.security import HEADERS

EVERYWHERE = [
    "/healthz",
    "/readyz",
    "/jobs",
    "/nothing",
    "/jobs?limit=x",
    "/openapi.json",
    "/docs",
    "/metrics",
    "/ui",
    "/ui/nothing",
    "/static/css/base.css",
    "/",
]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_response_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path, buffered=True)

    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["X-Request-ID"]


def test_the_policy_allows_nothing_inline_and_nothing_from_outside(client: FlaskClient) -> None:
    policy = client.get("/docs").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "http" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a", True),
        ("trace:1-2.3_4", True),
        ("a" * 128, True),
        ("a" * 129, False),
        ("a b", False),
        ("<script>", False),
        ("\u00e9", False),
        ("", False),
    ],
)
def test_a_sane_request_id_is_kept_and_any_other_replaced(client: FlaskClient, sent: str, kept: bool) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": sent})

    assert (answer.headers["X-Request-ID"] == sent) is kept


@pytest.mark.parametrize("path", ["/jobs", "/nothing", "/runs?limit=x"])
def test_answers_of_the_api_are_not_kept(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_the_api_neither_reads_nor_sets_cookies(client: FlaskClient) -> None:
    client.set_cookie("session", "forged")

    for path in ("/jobs", "/docs", "/auth/me", "/nothing"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("path", ["/docs"])
def test_the_page_of_the_api_needs_no_outside_host(client: FlaskClient, path: str) -> None:
    page = client.get(path).text

    assert re.findall(r"""(?:src|href|action|url)\s*[=(]\s*["']?(?:https?:)?//[^"')\s]*""", page) == []
    assert "http://localhost/jobs" in page  # commands to try name this server
    assert "<script" not in page
    assert "style=" not in page
