"""What browsers are given to keep, and what they are not."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from runners.engine.settings import read
from tests.access.browsing import Browsing
from tests.access.conftest import AUTH
from tests.planted import ROLE_TOKENS
from webapp import create_app
from webapp.login import SessionsOnly


def kept(platform: Any) -> set[str]:
    """Return the names of all keys but the counters of requests, which are written now and then."""
    return set(platform.store.redis.scan_iter()) - {platform.store.keys.metrics}


def test_strangers_put_nothing_into_the_store(app: Flask, guarded: Any) -> None:
    before = kept(guarded)

    for _ in range(5):
        stranger = Browsing(app)
        stranger.get("/ui/sign-in")
        stranger.get("/ui/jobs")
        stranger.get("/ui/nothing")
        stranger.poll("/ui")

    assert kept(guarded) == before


def test_a_stranger_gets_a_cookie_with_the_form_and_nowhere_else(app: Flask) -> None:
    stranger = Browsing(app)

    for path in ("/ui", "/ui/jobs", "/ui/nothing", "/", "/healthz", "/readyz", "/static/css/base.css", "/jobs"):
        answer = stranger.get(path)
        answer.close()
        assert "Set-Cookie" not in answer.headers, path
    assert stranger.get("/ui/sign-in").headers["Set-Cookie"].startswith("multijob-visitor-8000=")


def test_the_forms_cookie_says_nothing_and_can_be_neither_forged_nor_turned_into_a_session(app: Flask) -> None:
    stranger = Browsing(app)
    for name in ("multijob-visitor-8000", "multijob-session-8000", "multijob-known-8000", "remember_token", "session"):
        for value in ("", "x", "é|é", "a.b.c", "eyJfdXNlcl9pZCI6ImxvY2FsOiJ9.aaaa.bbbb", "A" * 43, '"', "%00", "[]"):
            stranger.client.set_cookie(name, value)
            assert stranger.get("/ui").status_code == 303, (name, value)


def test_over_http_the_cookie_is_of_this_port(app: Flask, browser: Browsing) -> None:
    cookie = _cookie(browser.show_token(ROLE_TOKENS["admin"]), "session")

    assert cookie[0].startswith("multijob-session-8000=")
    assert set(cookie[1:]) == {"HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.mark.reproduces("401 again and again", "a browser loses its session at once")
def test_over_tls_the_cookie_is_of_this_host_alone(guarded: Any, server_env: Any) -> None:
    settings = read(server_env | AUTH | {"PUBLIC_URL": "https://localhost"})
    browser = Browsing(create_app(replace(guarded, settings=settings)))

    answer = browser.send_over_tls(ROLE_TOKENS["admin"])

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    for word in ("session", "known"):
        name, *rules = _cookie(answer, word)
        assert name.startswith(f"__Host-multijob-{word}=")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(rules)
        assert not any(rule.startswith("Domain") for rule in rules)


def test_without_sign_in_the_way_in_leads_to_the_overview(platform: Any) -> None:
    browser = Browsing(create_app(platform), "127.0.0.1")

    assert browser.get("/ui/sign-in").location == "/ui"
    assert browser.get("/ui/first").location == "/ui/sign-in"
    assert "everybody on this machine is admin" in browser.get("/ui/account").text
    assert browser.get("/ui").status_code == 200


def test_flask_logins_other_ways_in_are_shut(app: Any) -> None:
    manager = app.login_manager

    assert isinstance(manager, SessionsOnly)
    assert manager.session_protection is None
    assert manager._request_callback is None
    assert manager._load_user_from_remember_cookie("anybody") is None


def _cookie(answer: Any, word: str) -> list[str]:
    found = next(text for text in answer.headers.getlist("Set-Cookie") if f"multijob-{word}" in text)
    return [part.strip() for part in found.split(";")]
