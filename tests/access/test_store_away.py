"""Without its store the platform lets nobody in, and says so: never with a 500, and never by forgetting who was in."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from tests.access.browsing import FROM_HERE, Browsing
from tests.access.conftest import signed_in
from tests.planted import ROLE_TOKENS
from webapp import recent_sessions


def gone(platform: Any) -> Any:
    """Return the platform without its store."""
    nowhere = Redis.from_url("unix:///nonexistent/redis.sock", decode_responses=True)
    return replace(platform, store=replace(platform.store, redis=nowhere))


@pytest.fixture
def away(app: Flask, guarded: Any) -> tuple[Browsing, Any]:
    """A browser that is signed in, to an app whose store then goes away; and the platform as it was."""
    browser = signed_in(app, "admin")
    app.extensions["platform"] = gone(guarded)
    return browser, guarded


@pytest.mark.parametrize("path", ["/ui", "/ui/jobs", "/ui/account", "/ui/people", "/ui/sign-in", "/ui/first"])
def test_pages_say_that_the_store_is_away(away: Any, path: str) -> None:
    browser, _ = away

    answer = browser.get(path)

    assert answer.status_code == 503
    assert "The store is away" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert "Set-Cookie" not in answer.headers


def test_whoever_was_in_goes_on_reading_what_was_known(app: Flask, guarded: Any) -> None:
    browser = signed_in(app, "viewer")
    browser.get("/ui/jobs")
    app.extensions["platform"] = gone(guarded)

    answer = browser.get("/ui/jobs")

    assert answer.status_code == 503
    assert "This is what was known at" in answer.text and 'id="jobs"' in answer.text
    assert "Sign in" not in answer.text
    assert Browsing(app).get("/ui/jobs").status_code in (303, 503)


@pytest.mark.parametrize(("after_sec", "known"), [(200, True), (300, False)])
def test_it_ends_after_five_minutes(
    app: Flask, guarded: Any, monkeypatch: pytest.MonkeyPatch, after_sec: int, known: bool
) -> None:
    browser = signed_in(app, "viewer")
    browser.get("/ui/jobs")
    app.extensions["platform"] = gone(guarded)
    later = recent_sessions.monotonic() + after_sec
    monkeypatch.setattr(recent_sessions, "monotonic", lambda: later)

    assert ("This is what was known at" in browser.get("/ui/jobs").text) is known


def test_whoever_signed_out_reads_nothing(app: Flask, guarded: Any) -> None:
    browser = signed_in(app, "viewer")
    browser.get("/ui/jobs")
    kept = str(browser.session_cookie())
    browser.send("/ui/sign-out")
    browser.client.set_cookie("multijob-session-8000", kept)
    browser.get("/ui/jobs")
    app.extensions["platform"] = gone(guarded)

    assert "This is what was known at" not in browser.get("/ui/jobs").text


def test_a_poll_stays_where_it_is(away: Any) -> None:
    answer = away[0].poll("/ui/jobs")

    assert answer.status_code == 503
    assert "HX-Redirect" not in answer.headers


@pytest.mark.parametrize("path", ["/ui/sign-out", "/ui/jobs/daily/run", "/ui/people"])
def test_nothing_is_done_and_nobody_is_signed_out(away: Any, app: Flask, path: str) -> None:
    browser, whole = away

    assert browser.client.post(path, headers=FROM_HERE).status_code == 503

    app.extensions["platform"] = whole
    assert browser.is_signed_in()


def test_nobody_signs_in(app: Flask, guarded: Any) -> None:
    browser = Browsing(app)
    token = browser.token("/ui/sign-in")
    app.extensions["platform"] = gone(guarded)

    answer = browser.client.post(
        "/ui/sign-in", data={"csrf_token": token, "token": ROLE_TOKENS["admin"]}, headers=FROM_HERE
    )

    assert answer.status_code == 503
    assert "session" not in str(answer.headers.get("Set-Cookie"))


def test_without_its_audit_nobody_signs_in_or_out_and_whoever_is_in_stays_so(app: Flask, guarded: Any) -> None:
    browser, stranger = signed_in(app, "admin"), Browsing(app)
    guarded.store.redis.set(guarded.store.keys.audit_head, "broken")

    assert browser.show_token_over(ROLE_TOKENS["viewer"]).status_code == 503
    assert browser.send("/ui/sign-out").status_code == 503
    assert stranger.show_token(ROLE_TOKENS["viewer"]).status_code == 503

    assert "AUTH_ADMIN_TOKEN<small>admin" in browser.get("/ui/account").text
    assert not stranger.is_signed_in()


def test_a_full_store_lets_an_administrator_in(app: Flask, guarded: Any) -> None:
    guarded.store.redis.config_set("maxmemory", 1)
    try:
        browser = signed_in(app, "admin")
        assert browser.is_signed_in()
        assert browser.send("/ui/sign-out").location == "/ui/sign-in"
        assert not browser.is_signed_in()
    finally:
        guarded.store.redis.config_set("maxmemory", 0)


def test_a_store_that_only_reads_still_knows_who_is_in(app: Flask, guarded: Any) -> None:
    browser = signed_in(app, "admin")
    guarded.store.redis.config_set("min-replicas-to-write", 1)
    try:
        assert browser.is_signed_in()
        assert Browsing(app).get("/ui/sign-in").status_code == 200
        assert browser.send("/ui/sign-out").status_code == 503
    finally:
        guarded.store.redis.config_set("min-replicas-to-write", 0)
    assert browser.is_signed_in()
