"""Twenty polls take nothing from anybody: not what is selected, opened, half typed or scrolled to."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Deployment, Opener
from tests.browser.test_polling import poll_now
from tests.browser.test_run_log import run_program

pytestmark = pytest.mark.slow

POLLS = 20
TALKS = "import time\nfor n in range(400): print('line', n)\ntime.sleep(120)"


def twenty_polls(page: Page, deployment: Deployment, job_id: str) -> None:
    """Let the page ask twenty times while the job that it tells of runs again and again."""
    for number in range(POLLS):
        if number % 5 == 0:
            deployment.run(job_id)
        with page.expect_response(lambda answer: "/ui/" in answer.url):
            poll_now(page)


def save(deployment: Deployment, job_id: str) -> None:
    deployment.save(job_id, inputs={"work_ms": 100, "allow_overlap": True})


def test_picked_rows_stay_picked_and_where_they_are(deployment: Deployment, open_page: Opener):
    save(deployment, "picked")
    for _ in range(3):
        deployment.ended(deployment.run("picked"))
    page = open_page(f"{deployment.url}/ui/runs?job_id=picked").page
    boxes = page.locator("#runs tbody input[type=checkbox]")
    expect(boxes).to_have_count(3)
    boxes.nth(0).check()
    boxes.nth(2).check()
    before = page.locator("#runs tbody").evaluate(
        "body => [...body.rows].map(row => [row.id, row.getBoundingClientRect().top])"
    )

    twenty_polls(page, deployment, "picked")

    after = page.locator("#runs tbody").evaluate(
        "body => [...body.rows].map(row => [row.id, row.getBoundingClientRect().top])"
    )
    assert after == before
    assert [boxes.nth(place).is_checked() for place in range(3)] == [True, False, True]
    boxes.nth(0).uncheck()
    boxes.nth(2).uncheck()
    page.get_by_role("heading", level=1).click()
    expect(page.locator("#runs tbody tr")).to_have_count(7, timeout=15_000)


def test_an_open_menu_stays_open_and_where_it_is(deployment: Deployment, open_page: Opener):
    save(deployment, "menued")
    page = open_page(f"{deployment.url}/ui/jobs/menued").page
    menu = page.locator("main details[data-menu]").first
    menu.locator("summary").click()
    before = menu.bounding_box()

    twenty_polls(page, deployment, "menued")

    expect(menu).to_have_attribute("open", "")
    assert menu.bounding_box() == before
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")


def test_what_is_half_typed_stays_typed(deployment: Deployment, open_page: Opener):
    save(deployment, "half-typed")
    page = open_page(f"{deployment.url}/ui/jobs?search=half-typed").page
    box = page.get_by_label("Search jobs")
    box.press_sequentially("half a nam")
    box.press("ArrowLeft")

    twenty_polls(page, deployment, "half-typed")

    expect(box).to_be_focused()
    expect(box).to_have_value("half a nam")
    assert box.evaluate("input => input.selectionStart") == len("half a na")


def test_a_log_that_is_scrolled_up_stays_there(deployment: Deployment, open_page: Opener):
    save(deployment, "meanwhile")
    run_id = run_program(deployment, "talks", TALKS)
    page = open_page(f"{deployment.url}/ui/runs/{run_id}").page
    lines = page.locator(".lines")
    expect(lines).to_contain_text("line 399", timeout=20_000)
    lines.evaluate("box => { box.scrollTop = -400; }")
    before = lines.evaluate("box => box.scrollTop")

    twenty_polls(page, deployment, "meanwhile")

    assert lines.evaluate("box => box.scrollTop") == before
    deployment.post(f"/runs/{run_id}/cancel")
