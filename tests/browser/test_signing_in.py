"""Signing in, being signed out, and what each role sees, in a real browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.guarded import Guarded, guarded_deployment, sign_in
from tests.planted import PASSWORD, ROLE_TOKENS

pytestmark = pytest.mark.slow

JOB = {"job_id": "daily", "type": "simulation.heavy", "inputs": {"work_ms": 100, "allow_overlap": True}}
MULTIJOB = (sys.executable, "-m", "runners.cli")
UNAUTHORIZED = "the server responded with a status of 401"
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with-js", "without-js"])


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A deployment with a job, and a person of each role, named as it."""
    with guarded_deployment(tmp_path_factory.mktemp("guarded")) as found:
        found.ask("POST", "/jobs", JOB)
        for role in ROLE_TOKENS:
            found.ask("POST", "/people", {"name": role, "role": role, "password": PASSWORD})
        yield found


@BOTH
def test_a_person_signs_in_acts_and_signs_out(guarded: Guarded, open_page: Opener, scripts: bool) -> None:
    page = open_page(f"{guarded.url}/ui/jobs/daily?a=1", java_script_enabled=scripts).page
    expect(page).to_have_url(re.compile(r"/ui/sign-in\?next="))

    sign_in(page, "operator")
    expect(page).to_have_url(f"{guarded.url}/ui/jobs/daily?a=1")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_role("status").first).to_contain_text("A run of daily is queued.")
    page.get_by_role("link", name="operator").click()
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("status")).to_contain_text("You are signed out.")
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{guarded.url}/ui/jobs/daily")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@BOTH
def test_a_wrong_password_is_said_in_the_form_and_a_token_helps(
    guarded: Guarded, open_page: Opener, scripts: bool
) -> None:
    page = open_page(f"{guarded.url}/ui/queue", expected=(UNAUTHORIZED,), java_script_enabled=scripts).page
    sign_in(page, "viewer", "mistaken")
    expect(page.get_by_role("alert").first).to_contain_text("Name or password is wrong")

    page.get_by_text("With a token").click()
    page.get_by_label("Token").fill(ROLE_TOKENS["viewer"])
    page.get_by_role("button", name="Sign in with the token").click()

    expect(page).to_have_url(f"{guarded.url}/ui/queue")


def test_a_viewer_is_offered_nothing_that_changes_anything(guarded: Guarded, open_page: Opener) -> None:
    page = open_page(f"{guarded.url}/ui/jobs/daily", expected=("status of 403",)).page
    sign_in(page, "viewer")

    expect(page.get_by_role("heading", name="daily").first).to_be_visible()
    assert page.locator("main form[method=post]").count() == 0
    expect(page.get_by_role("link", name="People")).to_have_count(0)
    page.goto(f"{guarded.url}/ui/jobs/new")
    expect(page.get_by_role("heading", name="This is not allowed")).to_be_visible()


def test_a_page_that_refreshes_itself_leaves_when_its_session_ends(guarded: Guarded, open_page: Opener) -> None:
    page = open_page(f"{guarded.url}/ui/jobs?search=dai", expected=(UNAUTHORIZED,)).page
    sign_in(page, "operator")
    expect(page.locator("table")).to_contain_text("daily")

    guarded.ask("PUT", "/people/operator", {"disabled": True})
    expect(page).to_have_url(re.compile(r"/ui/sign-in\?next=.*&lost=session"))
    expect(page.get_by_role("status")).to_contain_text("Your session has ended.")
    guarded.ask("PUT", "/people/operator", {"disabled": False})

    sign_in(page, "operator")
    expect(page).to_have_url(f"{guarded.url}/ui/jobs?search=dai")


@BOTH
def test_a_form_of_an_ended_session_is_not_done(guarded: Guarded, open_page: Opener, scripts: bool) -> None:
    looked_through = ("status of 401",) if scripts else ()
    page = open_page(f"{guarded.url}/ui/jobs/new", java_script_enabled=scripts, expected=looked_through).page
    sign_in(page, "admin")
    page.get_by_label("Job id").fill("never")
    page.context.clear_cookies(name=re.compile("session"))

    page.get_by_role("button", name="Create the job").click()
    expect(page.get_by_role("status")).to_contain_text("what you sent was not done")
    sign_in(page, "admin")

    expect(page).to_have_url(f"{guarded.url}/ui/jobs/new")
    expect(page.get_by_role("status")).to_contain_text("What you sent before signing in was not done.")
    assert [job["job_id"] for job in guarded.ask("GET", "/jobs")] == ["daily"]


@BOTH
def test_an_administrator_makes_a_person_and_a_token(guarded: Guarded, open_page: Opener, scripts: bool) -> None:
    name = f"bob-{scripts}".lower()
    page = open_page(f"{guarded.url}/ui/people", java_script_enabled=scripts).page
    sign_in(page, "admin")
    page.get_by_label("Name").fill(name)
    page.get_by_label("First password").fill(PASSWORD)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("status")).to_contain_text(f"{name} may sign in as viewer.")

    page.goto(f"{guarded.url}/ui/tokens")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make it").click()

    expect(page.locator("#made")).to_have_text(re.compile("mjt_.*"))
    assert "mjt_" not in page.url
    page.get_by_role("link", name="I have it").click()
    expect(page.locator("#made")).to_have_count(0)


@BOTH
def test_the_link_on_the_terminal_makes_the_first_administrator(
    open_page: Opener, tmp_path: Path, scripts: bool
) -> None:
    with guarded_deployment(tmp_path, {}) as fresh:
        said = subprocess.run(
            [*MULTIJOB, "user", "first"], env={**os.environ, **fresh.env}, capture_output=True, text=True
        )
        link = re.search(r"http://\S+/ui/first#(\S+)", said.stdout + said.stderr)
        assert link, said
        page = open_page(link[0], java_script_enabled=scripts).page
        if scripts:
            expect(page.get_by_label("Code on the terminal")).to_have_value(link[1])
            expect(page).to_have_url(f"{fresh.url}/ui/first")
        else:
            page.get_by_label("Code on the terminal").fill(link[1])
        page.get_by_label("Your name").fill("ana")
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Become the administrator").click()

        expect(page.get_by_role("status").first).to_contain_text("You are the first administrator, ana.")
        expect(page.locator("table")).to_contain_text("ana")
