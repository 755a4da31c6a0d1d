"""Pages that refresh themselves: they follow what happens, leave people alone, and stop when nothing can change."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Deployment, Opener


def polls(page: Page) -> int:
    """Count the requests that scripts of the page have sent."""
    return page.evaluate("performance.getEntriesByType('resource').filter(e => e.initiatorType === 'fetch').length")


def poll_now(page: Page) -> None:
    """Let every polling element ask once, as its timer does."""
    page.evaluate("document.querySelectorAll('[data-poll]').forEach(e => htmx.trigger(e, 'every', {}, false))")


def test_a_run_is_followed_to_its_end_and_then_left_alone(deployment: Deployment, open_page: Opener):
    deployment.save("followed", inputs={"work_ms": 60_000}, timeout_ms=90_000)
    run_id = deployment.run("followed")
    page = open_page(f"{deployment.url}/ui/queue").page
    page.clock.install()
    page.goto(f"{deployment.url}/ui/runs/{run_id}")
    expect(page.locator("#run[data-poll]")).to_have_count(1)
    deployment.post(f"/runs/{run_id}/cancel")
    deployment.ended(run_id)

    page.clock.run_for(2_500)

    expect(page.locator("#run .heading .state")).to_have_text("cancelled")
    expect(page.locator("#run[data-poll], #run[hx-trigger], #log-end[data-poll]")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.clock.run_for(60_000)
    assert asked == []


@pytest.mark.slow
def test_the_page_of_a_job_that_somebody_deletes_says_so_by_itself(deployment: Deployment, open_page: Opener):
    deployment.save("deleted")
    watched = open_page(f"{deployment.url}/ui/jobs/deleted")
    watched.expected.append("404")

    assert httpx.delete(f"{deployment.url}/jobs/deleted").is_success

    expect(watched.page.locator("h1")).to_have_text("There is nothing here", timeout=10_000)


@pytest.mark.slow
def test_the_page_of_what_is_gone_waits_for_what_somebody_types(deployment: Deployment, open_page: Opener):
    address = f"{deployment.url}/notifications/rules/gone"
    rule = {"events": ["run.failed"], "channel": "webhook", "webhook": {"url": "https://example.com/hook"}}
    assert httpx.put(address, json=rule).is_success
    watched = open_page(f"{deployment.url}/ui/notifications/gone")
    watched.expected.append("404")
    page, typed = watched.page, watched.page.get_by_label("Description")
    typed.fill("half a sentence")

    assert httpx.delete(address).is_success
    with page.expect_response(lambda answer: answer.status == 404):
        poll_now(page)

    expect(page.locator("html[data-waits]")).to_have_count(1)
    expect(typed).to_have_value("half a sentence")
    typed.fill("")
    typed.blur()
    expect(page.locator("h1")).to_have_text("There is nothing here", timeout=10_000)


def test_a_new_run_appears_by_itself(deployment: Deployment, open_page: Opener):
    deployment.save("appears")
    page = open_page(f"{deployment.url}/ui/runs?job_id=appears").page
    expect(page.locator("#runs")).to_contain_text("No run passes these filters")

    run_id = deployment.run("appears")

    expect(page.locator(f"#{run_id}")).to_be_visible(timeout=10_000)


def test_a_poll_does_not_disturb_what_somebody_selects(deployment: Deployment, open_page: Opener):
    deployment.save("selected")
    page = open_page(f"{deployment.url}/ui/jobs").page
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#job-selected .id'))")
    deployment.save("selected-not")

    with page.expect_response(lambda answer: "/ui/jobs" in answer.url and answer.status == 200):
        poll_now(page)

    expect(page.locator("html[data-waits]")).to_have_count(1)
    assert page.evaluate("getSelection().toString()") == "selected"
    expect(page.locator("#job-selected-not")).to_have_count(0)
    page.evaluate("getSelection().removeAllRanges()")
    expect(page.locator("#job-selected-not")).to_be_visible(timeout=10_000)
    expect(page.locator("html[data-waits]")).to_have_count(0)


def test_a_poll_does_not_disturb_what_somebody_types(deployment: Deployment, open_page: Opener):
    deployment.save("typed-about")
    page = open_page(f"{deployment.url}/ui/jobs").page
    box = page.get_by_label("Search in id, type and tags")
    box.press_sequentially("typed-ab")
    expect(page.locator("#job-typed-about")).to_be_visible()

    with page.expect_response(lambda answer: "/ui/jobs" in answer.url):
        poll_now(page)

    expect(box).to_have_value("typed-ab")
    expect(box).to_be_focused()


def test_a_hidden_tab_does_not_ask_and_asks_at_once_when_it_is_seen_again(deployment: Deployment, open_page: Opener):
    page = open_page(f"{deployment.url}/ui").page
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    before = polls(page)
    poll_now(page)
    assert polls(page) == before

    page.evaluate("Object.defineProperty(document, 'hidden', {value: false})")
    with page.expect_response(lambda answer: answer.url.rstrip("?").endswith("/ui")):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_the_back_button_shows_a_whole_page_again(deployment: Deployment, open_page: Opener):
    deployment.save("back-and-forth")
    page = open_page(f"{deployment.url}/ui/jobs").page
    page.get_by_label("Search in id, type and tags").fill("back-and-forth")
    expect(page).to_have_url(re.compile(r"/ui/jobs\?search=back-and-forth&"))
    page.get_by_role("link", name="back-and-forth").click()
    expect(page.get_by_role("heading", name="back-and-forth")).to_be_visible()

    page.go_back()

    expect(page.locator("nav[aria-label=Main]")).to_be_visible()
    expect(page.locator("#job-back-and-forth")).to_be_visible()


def test_slash_goes_to_the_search(deployment: Deployment, open_page: Opener):
    page = open_page(f"{deployment.url}/ui").page

    page.keyboard.press("/")

    expect(page.get_by_label("Search jobs")).to_be_focused()
