"""Guessing passwords is slow, and locks nobody out who has been here before."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.access.guessing import PER_NAME
from tests.access.browsing import Browsing
from tests.access.conftest import ADMIN
from tests.planted import ROLE_TOKENS


def wrong(browser: Browsing, name: str, times: int) -> list[int]:
    """Return the statuses of so many wrong tries of a form that is loaded once."""
    form = {"csrf_token": browser.token("/ui/sign-in"), "name": name, "password": "mistaken"}
    headers = {"Sec-Fetch-Site": "same-origin"}
    sent = (
        browser.client.post("/ui/sign-in", data=form, headers=headers, environ_base=browser.environ)
        for _ in range(times)
    )
    return [answer.status_code for answer in sent]


def kinds(platform: Any) -> list[tuple[str, Any]]:
    """Return the events of signing in."""
    found = operations.list_events(platform, ADMIN, operations.EventFilter(event_type="auth.*"), 10, 0)
    return [(event.type, event.data) for event in found.rows]


def quick(monkeypatch: Any) -> None:
    """Let a wrong password cost nothing; how long one takes is tested elsewhere."""
    monkeypatch.setattr("runners.engine.access.identity.matches", lambda encoded, password: False)


@pytest.mark.reproduces("401 again and again", "429 after several tries")
def test_a_name_is_tried_ten_times_from_anywhere(app: Flask, ana: Any, guarded: Any, monkeypatch: Any) -> None:
    with monkeypatch.context() as patched:
        quick(patched)
        codes = [wrong(Browsing(app, f"203.0.113.{n}"), "ana", 1)[0] for n in range(PER_NAME + 2)]
    assert codes == [401] * PER_NAME + [429] * 2
    assert kinds(guarded) == [("auth.refused", {"tried": PER_NAME, "by": "name"})]

    refused = Browsing(app, "203.0.113.99").sign_in("ana")

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 900
    assert "too many tries to sign in" in refused.text.lower()


def test_whoever_signed_in_here_before_is_not_locked_out_by_strangers(app: Flask, ana: Any, monkeypatch: Any) -> None:
    known = Browsing(app)
    known.sign_in("ana")
    known.send("/ui/sign-out")
    with monkeypatch.context() as patched:
        quick(patched)
        assert wrong(Browsing(app), "ana", PER_NAME + 1)[-1] == 429  # even from the same address

    assert known.sign_in("ana").status_code == 303


def test_a_browser_is_known_to_one_name_only_and_tries_ten_times_too(app: Flask, ana: Any, monkeypatch: Any) -> None:
    known = Browsing(app)
    known.sign_in("ana")
    known.send("/ui/sign-out")
    quick(monkeypatch)

    assert wrong(known, "ana", 11) == [401] * 10 + [429]
    assert wrong(known, "bob", 11) == [401] * 10 + [429]


def test_an_address_tries_names_and_tokens_together(app: Flask, ana: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("runners.engine.access.guessing.PER_ADDRESS", 6)
    with monkeypatch.context() as patched:
        quick(patched)
        browser = Browsing(app, "2001:db8:1:2::1")
        form = {"csrf_token": browser.token("/ui/sign-in")}
        headers = {"Sec-Fetch-Site": "same-origin"}
        codes = []
        for number in range(7):
            shown = {"token": f"wrong{number}"} if number % 2 else {"name": f"n{number}", "password": "x"}
            answer = browser.client.post(
                "/ui/sign-in", data=form | shown, headers=headers, environ_base=browser.environ
            )
            codes.append(answer.status_code)
    assert codes == [401] * 6 + [429]

    assert Browsing(app, "2001:db8:1:2:ffff::9").show_token(ROLE_TOKENS["admin"]).status_code == 429
    assert Browsing(app, "2001:db8:1:3::1").show_token(ROLE_TOKENS["admin"]).status_code == 303


def test_many_at_once_try_no_more_often_than_one(app: Flask, ana: Any, monkeypatch: Any) -> None:
    quick(monkeypatch)

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda n: wrong(Browsing(app, f"203.0.113.{n}"), "ana", 1)[0], range(30)))

    assert sorted(codes) == [401] * PER_NAME + [429] * (30 - PER_NAME)


def test_a_right_password_makes_up_for_the_wrong_ones(app: Flask, ana: Any, monkeypatch: Any) -> None:
    for _ in range(2):
        with monkeypatch.context() as patched:
            quick(patched)
            assert wrong(Browsing(app), "ana", PER_NAME - 1)[-1] == 401
        assert Browsing(app).sign_in("ana").status_code == 303


def test_whoever_guesses_is_counted_in_the_audit_by_his_address(
    app: Flask, ana: Any, guarded: Any, monkeypatch: Any
) -> None:
    quick(monkeypatch)

    assert wrong(Browsing(app, "198.51.100.77"), "ana", 1) == [401]

    told = operations.list_turned_away(guarded, ADMIN, 10).rows
    assert [(row.about["from"], row.about["request"], row.about["status"]) for row in told] == [
        ("198.51.100.77", "POST /ui/sign-in", 401)
    ]
