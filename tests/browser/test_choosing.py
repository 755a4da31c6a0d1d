"""Choosing rows in a browser: shift takes those between, a box takes the page, and polls leave all of it alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Deployment, Opener

pytestmark = pytest.mark.slow


def test_rows_are_chosen_by_shift_kept_by_polls_and_disabled_together(deployment: Deployment, open_page: Opener):
    for number in range(5):
        deployment.save(f"pick-{number}")
    page = open_page(f"{deployment.url}/ui/jobs?search=pick-").page
    boxes = page.locator("[data-choose]")

    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    for _ in range(20):
        page.evaluate("document.querySelectorAll('[data-poll]').forEach(e => htmx.trigger(e, 'every', {}, false))")

    chosen = [box.is_checked() for box in boxes.all()]
    expect(page.locator("[data-chosen]")).to_have_text("3")
    page.get_by_role("button", name="Disable").click()
    expect(page.locator("h1")).to_have_text("Disable 3 jobs?")
    page.locator(".main-act").click()
    expect(page.locator("#job-bulk .heading .state")).to_have_text("finished", timeout=20_000)

    assert chosen == [False, True, True, True, False]
    assert [deployment.get(f"/jobs/pick-{number}")["enabled"] for number in range(5)] == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_runs_are_chosen_by_shift_and_only_those_are_retried(deployment: Deployment, open_page: Opener):
    deployment.save("shifted")
    for _ in range(4):
        deployment.ended(deployment.run("shifted"))
    page = open_page(f"{deployment.url}/ui/runs?job_id=shifted").page
    boxes = page.locator("[data-choose]")

    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])

    expect(page.locator("[data-chosen]")).to_have_text("3")
    page.get_by_role("button", name="Retry selected").click()
    expect(page.locator("h1")).to_have_text("Retry 3 runs?")


def test_one_box_takes_the_page_and_gives_it_back(deployment: Deployment, open_page: Opener):
    for number in range(3):
        deployment.save(f"page-{number}")
    page = open_page(f"{deployment.url}/ui/jobs?search=page-").page

    page.locator("[data-choose-all]").click()
    expect(page.locator("[data-chosen]")).to_have_text("3")
    page.locator("[data-choose]").first.click()

    expect(page.locator("[data-chosen]")).to_have_text("2")
    assert page.locator("[data-choose-all]").evaluate("box => box.indeterminate")
