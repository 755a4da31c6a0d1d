"""Signing in and out with a browser: what lets somebody in, what his session is, and what ends it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.settings import read
from tests.access.browsing import Browsing
from tests.access.conftest import ADMIN, AUTH, signed_in
from tests.planted import PASSWORD, ROLE_TOKENS
from webapp import create_app


def everything(platform: Any) -> str:
    """Return all that the store holds, as text."""
    redis = platform.store.redis
    read_of = {"string": redis.get, "hash": redis.hgetall, "set": redis.smembers}
    texts = []
    for key in redis.scan_iter():
        kind = redis.type(key)
        value = read_of[kind](key) if kind in read_of else redis.zrange(key, 0, -1) if kind == "zset" else ""
        texts.append(f"{key} {value}")
    return "\n".join(texts)


def test_a_person_signs_in_and_lands_where_he_wanted_to_go(browser: Browsing, ana: Any) -> None:
    away = browser.get("/ui/jobs?search=a%20b")
    assert (away.status_code, away.location) == (303, "/ui/sign-in?next=/ui/jobs?search%3Da%2520b")

    answer = browser.sign_in("ana", next="/ui/jobs?search=a%20b")

    assert (answer.status_code, answer.location) == (303, "/ui/jobs?search=a%20b")
    assert "ana<small>operator</small>" in browser.get("/ui").text


@pytest.mark.parametrize("mode", ["memory", "lists-redis3"])
def test_every_mode_has_sessions(guarded: Any, ana: Any) -> None:
    browser = Browsing(create_app(guarded))

    assert browser.sign_in("ana").status_code == 303
    assert "ana<small>operator</small>" in browser.get("/ui").text
    browser.send("/ui/sign-out")
    assert not browser.is_signed_in()


@pytest.mark.parametrize("typed", ["ana", " ANA ", "Ana"])
def test_a_name_may_be_typed_in_capitals(browser: Browsing, ana: Any, typed: str) -> None:
    assert browser.sign_in(typed).status_code == 303


@pytest.mark.parametrize(
    ("name", "password"), [("ana", "mistaken"), ("nobody", PASSWORD), ("", ""), ("ana", ""), ("a" * 5000, "x" * 5000)]
)
def test_whoever_is_wrong_learns_not_in_what(browser: Browsing, ana: Any, name: str, password: str) -> None:
    answer = browser.sign_in(name, password)

    assert answer.status_code == 401
    assert "Name or password is wrong, or you may not sign in any more." in answer.text
    assert not browser.is_signed_in()
    if password:
        assert password not in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_a_token_of_the_environment_signs_in_with_its_role(app: Flask, role: Role) -> None:
    assert f"environment:AUTH_{role.upper()}_TOKEN<small>{role}</small>" in signed_in(app, role).get("/ui").text


def test_a_named_token_signs_in_until_it_is_revoked(guarded: Any, browser: Browsing) -> None:
    made = operations.create_token(guarded, ADMIN, "deploy", Role.VIEWER)
    assert browser.show_token(made.text).status_code == 303
    assert browser.is_signed_in()

    operations.revoke_token(guarded, ADMIN, made.token.id)

    assert not browser.is_signed_in()
    assert browser.show_token(made.text).status_code == 401


@pytest.mark.parametrize(
    "token",
    [
        "another",
        "mjt_aaaaaaaaaaaa_" + "a" * 43,
        "é" * 30,
        "a" * 10_000,
        "Bearer " + ROLE_TOKENS["admin"],
        ROLE_TOKENS["admin"][:-1],
    ],
)
def test_a_token_that_is_none_lets_nobody_in(browser: Browsing, token: str) -> None:
    answer = browser.show_token(token)

    assert answer.status_code == 401
    assert token not in answer.text
    assert not browser.is_signed_in()


def test_the_store_knows_neither_the_sessions_id_nor_what_signed_in(app: Flask, guarded: Any, ana: Any) -> None:
    browser = Browsing(app)
    browser.sign_in("ana")
    other = signed_in(app, "admin")

    held = everything(guarded)

    for secret in (browser.session_cookie(), other.session_cookie(), PASSWORD, ROLE_TOKENS["admin"]):
        assert secret and secret not in held


def test_an_id_that_was_planted_is_never_taken_over(app: Flask, browser: Browsing) -> None:
    planted = "A" * 43
    browser.client.set_cookie("multijob-session-8000", planted)

    browser.show_token(ROLE_TOKENS["admin"])

    assert browser.session_cookie() not in (None, planted)


def test_signing_in_again_changes_the_id_and_ends_the_one_before(app: Flask) -> None:
    browser, thief = signed_in(app, "viewer"), Browsing(app)
    first = browser.session_cookie()
    thief.client.set_cookie("multijob-session-8000", str(first))
    assert thief.is_signed_in()

    browser.show_token_over(ROLE_TOKENS["operator"])

    assert browser.session_cookie() != first
    assert not thief.is_signed_in()


def test_signing_out_ends_the_session_everywhere(app: Flask) -> None:
    browser, thief = signed_in(app, "admin"), Browsing(app)
    thief.client.set_cookie("multijob-session-8000", str(browser.session_cookie()))

    answer = browser.send("/ui/sign-out")

    assert answer.location == "/ui/sign-in"
    assert "You are signed out." in browser.get("/ui/sign-in").text
    assert not browser.is_signed_in()
    assert not thief.is_signed_in()


@pytest.mark.parametrize(
    "change",
    [
        {"role": Role.VIEWER},
        {"role": Role.ADMIN},
        {"password": "another horse battery staple"},
        {"disabled": True},
    ],
)
def test_a_session_ends_with_what_its_owner_was(guarded: Any, browser: Browsing, ana: Any, change: Any) -> None:
    browser.sign_in("ana")

    operations.change_person(guarded, ADMIN, "ana", **change)

    assert not browser.is_signed_in()


def test_a_session_ends_with_the_person(guarded: Any, browser: Browsing, ana: Any) -> None:
    browser.sign_in("ana")
    operations.delete_person(guarded, ADMIN, "ana")
    operations.create_person(guarded, ADMIN, "ana", Role.OPERATOR, PASSWORD)

    assert not browser.is_signed_in()


def test_a_disabled_person_may_not_sign_in(guarded: Any, browser: Browsing, ana: Any) -> None:
    operations.change_person(guarded, ADMIN, "ana", disabled=True)

    assert browser.sign_in("ana").status_code == 401


def test_a_session_ends_when_its_token_expires(guarded: Any, clock: Any) -> None:
    timed = replace(guarded, store=replace(guarded.store, clock=clock))
    made = operations.create_token(timed, ADMIN, "brief", Role.VIEWER, clock() + timedelta(minutes=5))
    browser = Browsing(create_app(timed))
    browser.show_token(made.text)
    assert browser.is_signed_in()

    clock.advance(minutes=5)

    assert not browser.is_signed_in()


@pytest.mark.parametrize("gone", [{"AUTH_VIEWER_TOKEN": ""}, {"AUTH_VIEWER_TOKEN": "another-8d1f5c7ab2e860535b"}])
def test_a_session_ends_when_its_token_leaves_the_environment(
    guarded: Any, app: Flask, server_env: Any, gone: Any
) -> None:
    browser = signed_in(app, "viewer")

    restarted = create_app(replace(guarded, settings=read(server_env | AUTH | gone)))

    again = Browsing(restarted)
    again.client.set_cookie("multijob-session-8000", str(browser.session_cookie()))
    assert not again.is_signed_in()


def test_another_web_process_knows_the_session(guarded: Any, app: Flask) -> None:
    browser, other = signed_in(app, "viewer"), Browsing(create_app(guarded))

    other.client.set_cookie("multijob-session-8000", str(browser.session_cookie()))

    assert other.is_signed_in()


def test_a_session_that_nobody_uses_ends(guarded: Any, clock: Any) -> None:
    app = create_app(replace(guarded, store=replace(guarded.store, clock=clock)))
    used, unused, polling = signed_in(app, "viewer"), signed_in(app, "viewer"), signed_in(app, "viewer")

    for _ in range(3):
        clock.advance(hours=4)
        assert used.is_signed_in()
        last = polling.poll("/ui")

    assert not unused.is_signed_in()
    assert last.status_code == 401


def test_a_session_ends_in_any_case_when_its_life_is_over(guarded: Any, clock: Any, server_env: Any) -> None:
    settings = read(server_env | AUTH | {"SESSION_LIFE_HOURS": "1"})
    app = create_app(replace(guarded, settings=settings, store=replace(guarded.store, clock=clock)))
    browser = signed_in(app, "viewer")

    clock.advance(minutes=59)
    assert browser.is_signed_in()
    clock.advance(minutes=1)

    assert not browser.is_signed_in()
