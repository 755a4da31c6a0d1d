"""The pages by which administrators keep people and tokens, and everybody his own account."""

import json
import re
from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.access.chatting import redeem
from runners.engine.access.identity import by_token
from runners.engine.operations import Role
from tests.access.browsing import Browsing
from tests.access.conftest import ADMIN, of_environment, signed_in
from tests.planted import PASSWORD, ROLE_TOKENS
from webapp import create_app

ANOTHER = "another horse battery staple"


@pytest.fixture
def admin(app: Flask) -> Browsing:
    """A browser in which an administrator is signed in."""
    return signed_in(app, "admin")


def test_a_person_is_made_and_may_sign_in(admin: Browsing, app: Flask) -> None:
    made = admin.send("/ui/people", page="/ui/people", name=" Bob ", role="viewer", password=ANOTHER)

    assert made.location == "/ui/people/bob"
    assert "bob may sign in as viewer." in admin.get("/ui/people/bob").text
    assert Browsing(app).sign_in("bob", ANOTHER).status_code == 303


@pytest.mark.parametrize(
    ("fields", "status", "fault"),
    [
        ({"name": "bob", "password": "sh0rt-one"}, 422, "password has not 12 to 256 characters"),
        ({"name": "bob", "password": "bobbobbobbob"}, 422, "password is easy to guess"),
        ({"name": "<b>", "password": ANOTHER}, 422, "name &#39;&lt;b&gt;&#39; is not 1 to 64"),
        ({"name": "ana", "password": ANOTHER}, 409, "person &#39;ana&#39; exists already"),
        ({"name": "bob", "password": ANOTHER, "role": "owner"}, 422, "role &#39;owner&#39; is not one of"),
    ],
)
def test_a_person_who_cannot_be_is_refused_beside_the_field(
    admin: Browsing, ana: Any, fields: Any, status: int, fault: str
) -> None:
    answer = admin.send("/ui/people", page="/ui/people", **{"role": "viewer", **fields})

    assert answer.status_code == status
    assert fault in answer.text
    assert fields["password"] not in answer.text


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("role", {"role": "admin"}, "ana is admin now, and signed out everywhere."),
        ("password", {"password": ANOTHER}, "ana has a new password, and is signed out everywhere."),
        ("disable", {}, "ana may not sign in any more, and is signed out everywhere."),
        ("delete", {}, "ana is deleted, and signed out everywhere."),
    ],
)
def test_every_change_signs_the_person_out(
    admin: Browsing, browser: Browsing, ana: Any, path: str, fields: Any, said: str
) -> None:
    browser.sign_in("ana")

    answer = admin.send(f"/ui/people/ana/{path}", page="/ui/people/ana", version="1", **fields)

    assert said in admin.get(answer.location).text
    assert not browser.is_signed_in()


@pytest.mark.parametrize("version", ["1", "odd"])
def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    admin: Browsing, guarded: Any, ana: Any, version: str
) -> None:
    operations.change_person(guarded, ADMIN, "ana", role=Role.VIEWER)

    answer = admin.send("/ui/people/ana/role", page="/ui/people/ana", version=version, role="admin")

    assert "Nothing was changed" in admin.get(answer.location).text
    assert operations.get_person(guarded, ADMIN, "ana").role is Role.VIEWER


def test_a_token_is_shown_once(admin: Browsing, guarded: Any) -> None:
    made = admin.send("/ui/tokens", page="/ui/tokens", name="deploy", role="operator", life="30")

    assert made.status_code == 200
    text = re.search(r'<pre id="made"[^>]*>(mjt_[^<]+)</pre>', made.text)
    assert text and by_token(guarded, text[1]) is not None
    again = admin.get("/ui/tokens").text
    assert "deploy" in again
    assert text[1] not in again


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"name": "a b"}, {"role": "owner"}, {"life": "0"}, {"life": "99999999"}, {"life": ""}],
)
def test_a_token_that_cannot_be_is_refused(admin: Browsing, guarded: Any, fields: dict[str, str]) -> None:
    answer = admin.send("/ui/tokens", page="/ui/tokens", **{"name": "deploy", "role": "viewer", "life": "90", **fields})

    assert answer.status_code == 422
    assert 'class="problem"' in answer.text
    assert operations.list_tokens(guarded, ADMIN, 10).total == 0


def test_a_token_is_revoked_by_its_button(admin: Browsing, guarded: Any) -> None:
    made = operations.create_token(guarded, ADMIN, "deploy", Role.VIEWER)

    admin.send(f"/ui/tokens/{made.token.id}/revoke", page="/ui/tokens")

    assert by_token(guarded, made.text) is None
    assert "Token deploy lets nobody in any more." in admin.get("/ui/tokens").text


def test_somebody_changes_his_own_password_and_stays_signed_in_here_only(app: Flask, ana: Any) -> None:
    here, there = Browsing(app), Browsing(app)
    here.sign_in("ana")
    there.sign_in("ana")
    before = here.session_cookie()

    answer = here.send("/ui/account/password", current=PASSWORD, new=ANOTHER)

    assert "Your password is changed." in here.get(answer.location).text
    assert here.session_cookie() != before
    assert not there.is_signed_in()
    assert there.sign_in("ana", PASSWORD).status_code == 401
    assert there.sign_in("ana", ANOTHER).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "fault"),
    [("mistaken", ANOTHER, "this is not your password now"), (PASSWORD, "sh0rt-one", "has not 12 to 256 characters")],
)
def test_a_password_is_not_changed_for_less(app: Flask, ana: Any, current: str, new: str, fault: str) -> None:
    browser = Browsing(app)
    browser.sign_in("ana")

    answer = browser.send("/ui/account/password", current=current, new=new)

    assert answer.status_code == 422
    assert fault in answer.text
    assert browser.is_signed_in()


def test_the_password_of_an_open_browser_cannot_be_guessed(app: Flask, ana: Any, monkeypatch: Any) -> None:
    browser = Browsing(app)
    browser.sign_in("ana")
    monkeypatch.setattr("runners.engine.operations.sessions.matches", lambda encoded, password: False)

    codes = [browser.send("/ui/account/password", current="x", new="y").status_code for _ in range(11)]

    assert codes == [422] * 10 + [429]


def test_a_token_has_no_password(app: Flask) -> None:
    browser = signed_in(app, "admin")

    assert "Your password" not in browser.get("/ui/account").text
    assert browser.send("/ui/account/password", current="", new=ANOTHER).status_code == 403


def test_somebody_sees_where_he_is_signed_in_and_ends_it(app: Flask, ana: Any) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    here, there, third = Browsing(app), Browsing(app, "198.51.100.9", agent), Browsing(app)
    for browser in (here, there, third):
        browser.sign_in("ana")
    page = here.get("/ui/account").text
    assert "Firefox on Linux" in page and "198.51.100.9" in page and page.count("this one") == 1
    row = page.partition("198.51.100.9")[2]
    digest = re.search(r'name="session" value="([0-9a-f]{64})"', row)
    assert digest

    here.send("/ui/account/sessions/end", session=digest[1])
    assert (here.is_signed_in(), there.is_signed_in(), third.is_signed_in()) == (True, False, True)

    here.send("/ui/account/sessions/end-others")
    assert (here.is_signed_in(), third.is_signed_in()) == (True, False)


def test_nobody_ends_the_session_of_another(app: Flask, guarded: Any, ana: Any) -> None:
    other = Browsing(app)
    other.sign_in("ana")
    digest = guarded.store.redis.zrange(guarded.store.keys.sessions_of(f"person:{ana.id}"), 0, -1)[0]

    signed_in(app, "admin").send("/ui/account/sessions/end", session=digest)

    assert other.is_signed_in()


def test_what_a_browser_calls_itself_stays_text(app: Flask) -> None:
    browser = Browsing(app, agent="<script>alert(1)</script>")
    browser.show_token(ROLE_TOKENS["admin"])

    page = browser.get("/ui/account").text

    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_signing_in_and_out_stands_in_the_audit_and_among_the_events(app: Flask, guarded: Any, ana: Any) -> None:
    browser = Browsing(app)
    browser.sign_in("ana")
    browser.send("/ui/sign-out")

    rows = [json.loads(row.split("|", 4)[4]) for row in guarded.store.redis.zrange(guarded.store.keys.audit, -2, -1)]
    told = [(row["operation"], row["actor"], row["object"], row["surface"]) for row in rows]
    assert told == [("sign_in", "ana", "person:ana", "page"), ("sign_out", "ana", "person:ana", "page")]
    assert rows[0]["after"]["address"] == "203.0.113.5"
    events = app.test_client().get("/events?event_type=auth.*", headers=of_environment("viewer")).json
    assert [event["type"] for event in events] == ["auth.signed_in", "auth.signed_out"]


def test_with_sign_in_off_the_page_says_so_and_with_it_on_who_comes_in(app: Flask, platform: Any) -> None:
    off = create_app(platform).test_client().get("/ui/people").text
    on = signed_in(app, "admin").get("/ui/people").text

    assert "Sign-in is off" in off and "Only tokens" not in off
    assert "Sign-in is off" not in on and "Only tokens let somebody in" in on


def code_in(page: str) -> str:
    """Return the code that a page shows."""
    found = re.search(r"/link ([\w-]{22})", page)
    assert found
    return found[1]


def test_a_chat_is_linked_by_a_code_that_the_account_s_page_shows_once(app: Flask, guarded: Any, ana: Any) -> None:
    here, admin = Browsing(app), signed_in(app, "admin")
    here.sign_in("ana")
    code = code_in(here.send("/ui/account/chats/link").text)
    redeem(guarded, "telegram", "42", {"chat": "7", "calls_himself": "<b>me</b>"}, code, "one")

    page, everybody = here.get("/ui/account").text, admin.get("/ui/chats").text
    here.send("/ui/account/chats/unlink", channel="telegram", sender="42")

    assert code not in page
    assert "&lt;b&gt;me&lt;/b&gt;" in page and "&lt;b&gt;me&lt;/b&gt;" in everybody
    assert "None. Make a code" in here.get("/ui/account").text


def test_an_admin_links_and_unlinks_others(app: Flask, guarded: Any, ana: Any) -> None:
    admin = signed_in(app, "admin")
    code = code_in(admin.send("/ui/people/ana/link").text)
    redeem(guarded, "telegram", "42", {}, code, "one")

    asked = admin.get("/ui/chats/telegram/42/unlink").text
    told = admin.send("/ui/chats/telegram/42/unlink")

    assert "Unlink 42 from ana?" in asked
    assert told.status_code == 303
    assert "Nobody is linked yet" in admin.get("/ui/chats").text
