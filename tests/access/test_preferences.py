"""Settings: whoever signs in finds the pages as he chose them, wherever he signs in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.errors import StoreAway
from tests.access.browsing import Browsing
from tests.access.conftest import signed_in
from tests.planted import ROLE_TOKENS

SETTINGS = "/ui/settings"
CHOSEN = {"theme": "dark", "density": "compact", "language": "id", "zone": "Asia/Jakarta", "refresh_sec": "10"}


def choose(browser: Browsing, **said: str) -> Any:
    return browser.send(SETTINGS, page=SETTINGS, **{**CHOSEN, **said})


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
def test_every_role_chooses_how_the_pages_look_and_speak(app: Flask, role: str) -> None:
    browser = signed_in(app, role)

    answer = choose(browser)

    assert (answer.status_code, answer.location) == (303, SETTINGS)
    page = browser.get(SETTINGS).text
    assert '<html lang="id" data-theme="dark" data-density="compact"' in page
    assert "Pengaturan Anda tersimpan." in page
    assert " WIB</time>" in page


def test_it_is_one_persons_alone_and_outlives_the_session(app: Flask, ana: operations.Person) -> None:
    browser, other = Browsing(app), signed_in(app, "viewer")
    browser.sign_in("ana")
    choose(browser)
    browser.send("/ui/sign-out")
    assert '<html lang="en" data-theme="auto"' in browser.get("/ui/sign-in").text

    browser.sign_in("ana")

    assert '<html lang="id" data-theme="dark"' in browser.get("/ui").text
    assert '<html lang="en" data-theme="auto"' in other.get("/ui").text


def test_every_wrong_choice_comes_back_with_what_was_chosen(app: Flask) -> None:
    browser = signed_in(app, "viewer")

    answer = choose(browser, theme="pink", zone="Mars/Base", refresh_sec="1")

    assert answer.status_code == 422
    assert answer.text.count('class="problem"') == 3
    assert '<option value="compact" selected>' in answer.text
    assert '<html lang="en" data-theme="auto"' in answer.text


def test_the_language_is_the_browsers_until_one_is_chosen(app: Flask) -> None:
    indonesian = {"Accept-Language": "id-ID,id;q=0.9,en;q=0.5"}
    browser = signed_in(app, "viewer")

    assert '<html lang="id"' in browser.get("/ui", indonesian).text
    assert '<html lang="id"' in Browsing(app).get("/ui/sign-in", indonesian).text
    choose(browser, language="en")
    assert '<html lang="en"' in browser.get("/ui", indonesian).text


def test_the_zone_of_the_browser_is_what_it_says_if_there_is_such_a_zone(app: Flask) -> None:
    browser = signed_in(app, "viewer")
    choose(browser, zone="browser")

    for said, shown in (("Asia/Makassar", "WITA"), ("../../etc/passwd", "UTC"), ("Mars/Base", "UTC")):
        browser.client.set_cookie("multijob-zone", said)
        assert f" {shown}</time>" in browser.get(SETTINGS).text


def test_programs_have_no_settings_and_are_answered_in_the_language_they_ask_for(app: Flask) -> None:
    browser = signed_in(app, "viewer")
    choose(browser)

    answer = browser.get("/jobs", {"Authorization": f"Bearer {ROLE_TOKENS['viewer']}"})

    assert answer.headers["Content-Language"] == "en"


def test_a_session_and_its_settings_take_no_more_round_trips_than_the_session_did(app: Flask, guarded: Any) -> None:
    browser = signed_in(app, "viewer")
    trips: list[Any] = []
    send = guarded.store.redis.connection_pool.connection_class.send_packed_command

    def counted(self: Any, *args: Any, **options: Any) -> Any:
        trips.append(args)
        return send(self, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded.store.redis.connection_pool.connection_class, "send_packed_command", counted)
        browser.get(SETTINGS)

    first, second = (str(trip) for trip in trips[:2])
    assert "mj:session:" in first and "TIME" in first
    assert "preferences:environment:AUTH_VIEWER_TOKEN" in second


def test_while_the_store_is_away_pages_are_as_this_process_knew_them_last(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(app, "viewer")
    choose(browser)
    browser.get("/ui")

    def away(*_: object) -> None:
        raise StoreAway("away")

    monkeypatch.setattr(operations, "own_preferences", away)

    assert '<html lang="id" data-theme="dark"' in browser.get("/ui").text


def test_the_days_of_the_audit_are_those_of_the_chosen_zone(app: Flask) -> None:
    browser, today = signed_in(app, "admin"), datetime.now(UTC).date()
    choose(browser, zone="Pacific/Kiritimati", language="en")
    entries = len(re.findall(r'id="entry-', browser.get("/ui/audit").text))

    # it is 14 hours ahead: what happens now happens today or tomorrow there, and never yesterday
    later = browser.get(f"/ui/audit?since={today}&until={today + timedelta(days=1)}").text
    before = browser.get(f"/ui/audit?until={today - timedelta(days=1)}").text

    assert entries >= 2 and len(re.findall(r'id="entry-', later)) == entries
    assert "No entry passes these filters" in before
