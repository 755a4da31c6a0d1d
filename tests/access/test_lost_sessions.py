"""What a page does when its session has ended: it leads to the sign-in page and back, and nothing is done meanwhile."""

from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.operations import Role
from tests.access.browsing import FROM_HERE, Browsing
from tests.access.conftest import ADMIN
from tests.planted import ROLE_TOKENS

JOB = {"job_id": "daily", "type": "simulation.heavy"}


@pytest.fixture
def lost(guarded: Any, app: Flask) -> Browsing:
    """A browser in which an operator was signed in, until his token was revoked."""
    operations.save_job(guarded, ADMIN, JOB)
    made = operations.create_token(guarded, ADMIN, "brief", Role.OPERATOR)
    browser = Browsing(app)
    browser.show_token(made.text)
    browser.form = browser.token("/ui/jobs/daily")
    operations.revoke_token(guarded, ADMIN, made.token.id)
    return browser


@pytest.mark.reproduces("401 again and again", "an open page goes to the sign-in page by itself")
def test_a_poll_leads_the_whole_page_away(lost: Browsing) -> None:
    answer = lost.poll("/ui/jobs?search=a")

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/ui/sign-in?next=/ui/jobs?search%3Da&lost=session"
    assert answer.data == b""
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_part_of_a_page_leads_back_to_the_page_itself(lost: Browsing) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/ui/jobs/daily#top"}
    answer = lost.client.get("/ui/jobs/daily/runs", headers={**FROM_HERE, **headers}, environ_base=lost.environ)

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/ui/sign-in?next=/ui/jobs/daily&lost=session"


def test_what_looks_a_form_through_leaves_what_was_typed_alone(lost: Browsing) -> None:
    answer = lost.client.post("/ui/jobs/check", headers={**FROM_HERE, "HX-Request": "true"})

    assert (answer.status_code, answer.data) == (401, b"")
    assert "HX-Redirect" not in answer.headers


def test_a_page_that_is_opened_says_that_the_session_has_ended(lost: Browsing) -> None:
    answer = lost.get("/ui/jobs")

    assert (answer.status_code, answer.location) == (303, "/ui/sign-in?next=/ui/jobs&lost=session")
    assert "multijob-session-8000=;" in answer.headers["Set-Cookie"]
    assert "Your session has ended." in lost.get(answer.location).text


def test_a_form_is_not_done_and_whoever_sent_it_reads_so_twice(lost: Browsing, guarded: Any) -> None:
    headers = {**FROM_HERE, "Referer": "http://localhost/ui/jobs/daily"}
    form = {"csrf_token": lost.form}
    answer = lost.client.post("/ui/jobs/daily/run", data=form, headers=headers, environ_base=lost.environ)
    assert (answer.status_code, answer.location) == (303, "/ui/sign-in?next=/ui/jobs/daily&lost=form")
    assert "what you sent was not done" in lost.get(answer.location).text

    back = lost.show_token(ROLE_TOKENS["operator"], next="/ui/jobs/daily", lost="form")

    assert back.location == "/ui/jobs/daily"
    page = lost.get("/ui/jobs/daily").text
    assert "What you sent before signing in was not done." in page
    assert operations.list_runs(guarded, ADMIN, operations.RunFilter(), 10, 0).total == 0


def test_a_form_of_the_session_before_is_refused_in_the_next_one(lost: Browsing, guarded: Any) -> None:
    old = lost.form
    lost.show_token(ROLE_TOKENS["operator"])

    answer = lost.client.post("/ui/jobs/daily/run", data={"csrf_token": old}, headers=FROM_HERE)

    assert answer.status_code == 400
    assert "reload the page" in answer.text
    assert operations.list_runs(guarded, ADMIN, operations.RunFilter(), 10, 0).total == 0


def test_a_sign_in_form_that_is_too_old_leads_to_a_new_one(app: Flask) -> None:
    browser = Browsing(app)
    form = {"csrf_token": browser.token("/ui/sign-in"), "token": ROLE_TOKENS["viewer"], "next": "/ui/queue"}
    browser.client.delete_cookie("multijob-visitor-8000")  # as closing the browser does

    answer = browser.client.post("/ui/sign-in", data=form, headers=FROM_HERE)

    assert (answer.status_code, answer.location) == (303, "/ui/sign-in?next=/ui/queue&lost=page")
    assert "too old to be sent" in browser.get(answer.location).text
    assert not browser.is_signed_in()


@pytest.mark.parametrize("path", ["/ui", "/ui/jobs", "/ui/jobs/daily", "/ui/nothing", "/ui/people", "/ui/jobs/nowhere"])
def test_a_stranger_learns_nothing_of_what_there_is(lost: Browsing, app: Flask, path: str) -> None:
    answer = Browsing(app).get(path)

    assert answer.status_code == 303
    assert answer.location.startswith("/ui/sign-in")


def test_the_way_in_tells_nothing_of_the_deployment(app: Flask, guarded: Any) -> None:
    page = Browsing(app).get("/ui/sign-in").text

    for told in ("streams", "durab", "UTC", "Redis", guarded.store.mode.server):
        assert told not in page
