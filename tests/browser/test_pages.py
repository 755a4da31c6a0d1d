"""Every page, in a real browser: it stands, it fits, and nothing goes wrong on it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Deployment, Opener

LONG_ID = "j" * 128


@pytest.fixture(scope="session")
def furnished(deployment: Deployment) -> dict[str, str]:
    """Addresses of every page, with something to show on each."""
    deployment.save("steady", schedule={"interval_sec": 1}, description="Runs all the time.", tags=["shop"])
    deployment.save("slow", schedule={"interval_sec": 1}, inputs={"work_ms": 60_000})
    deployment.save(LONG_ID, schedule={"cron": "15 18 * * mon-fri", "timezone": "Asia/Jakarta"})
    group = "g" * 64
    deployment.save("grouped", inputs={"work_ms": 100, "flow_group": group, "flow_max_active_runs": 2})
    deployment.post(f"/flow-groups/{group}/pause")
    run_id = deployment.run(LONG_ID)
    deployment.ended(run_id)
    retried = {"action": "retry", "filter": {"status": "success", "job_id": LONG_ID}, "expected": 1}
    bulk_id = deployment.post("/runs/bulk", retried)["bulk_id"]
    paths = (
        "",
        "/jobs",
        f"/jobs/{LONG_ID}",
        "/jobs/slow",
        "/jobs/new",
        "/jobs/steady/edit",
        "/jobs/steady/delete",
        "/jobs/steady/versions",
    )
    paths += ("/runs/bulk", f"/runs/bulk/{bulk_id}", f"/runs/bulk/new?action=retry&status=success&job_id={LONG_ID}")
    paths += ("/runs", "/runs?status=success", f"/runs/{run_id}", "/queue")
    paths += (
        "/audit",
        "/audit/turned-away",
        "/events",
        "/failures",
        "/processes",
        "/schedule",
        "/integrations",
        "/integrations/accounts/new?provider=supabase",
        "/flow-groups",
        f"/flow-groups/{group}",
        "/jobs/grouped",
    )
    return {path: f"{deployment.url}/ui{path}" for path in paths}


@pytest.mark.slow
def test_every_page_stands_with_and_without_javascript_and_fits(furnished: dict[str, str], open_page: Opener):
    """One walk for all: opening a browser context for each would take most of the time."""
    for script in (True, False):
        page = open_page(furnished[""], java_script_enabled=script).page
        for path, url in furnished.items():
            answer = page.goto(url)

            assert answer is not None and answer.status == 200, path
            assert page.locator("main").inner_text().strip(), path
            assert "Redis Streams" in page.locator("body > footer").inner_text(), path


REFRESHES_AND_SAYS_SO = """
[
  document.querySelector('[data-poll]') !== null,
  [...document.querySelectorAll('footer > .refreshing')].some(words => words.checkVisibility()),
]
"""


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False])
def test_the_footer_speaks_of_refreshing_only_where_something_does(
    script: bool, furnished: dict[str, str], open_page: Opener
):
    page, found = open_page(furnished[""], java_script_enabled=script).page, {}
    ended = next(path for path in furnished if path.startswith("/runs/run_"))

    for path in ("/jobs", "/queue", "/jobs/new", "/jobs/steady/edit", ended):
        page.goto(furnished[path])
        found[path] = page.evaluate(REFRESHES_AND_SAYS_SO)

    assert list(found.values()) == [[True, True], [True, True], [False, False], [False, False], [False, False]]


LETTERS_BELOW_EACH_OTHER = """() => [...document.querySelectorAll("main td, main th, main dd, main small")]
  .filter(e => e.offsetHeight > 60 && e.offsetWidth < 40 && e.innerText.trim().length > 3)
  .map(e => e.className + ": " + e.innerText)"""
WIDER_THAN_ITSELF = """
[document.documentElement, ...document.querySelectorAll('main, .card')]
  .filter(box => box.scrollWidth > box.clientWidth).map(box => box.className || box.tagName)
"""


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 600, 900, 1280])
def test_nothing_scrolls_sideways_or_is_cut_off(width: int, furnished: dict[str, str], open_page: Opener):
    page = open_page(furnished[""], viewport={"width": width, "height": 800}, color_scheme="dark").page
    for path, url in furnished.items():
        page.goto(url)

        too_wide = page.evaluate(WIDER_THAN_ITSELF)

        assert too_wide == [], path
        assert page.evaluate(LETTERS_BELOW_EACH_OTHER) == [], path


def test_pages_stay_small(furnished: dict[str, str], open_page: Opener):
    page = open_page(furnished[""]).page
    for path, url in furnished.items():
        answer = page.goto(url)

        assert answer is not None and len(answer.body()) <= 60_000, path


def test_a_held_job_says_why_in_words_on_every_page_that_shows_it(furnished: dict[str, str], open_page: Opener):
    page = open_page(furnished["/jobs/slow"]).page

    expect(page.locator("#job")).to_contain_text("an earlier run is still active")
    page.goto(furnished[""])
    expect(page.locator("#overview")).to_contain_text("an earlier run is still active")
    page.goto(furnished["/jobs"])
    expect(page.locator("#job-slow")).to_contain_text("an earlier run is still active")
    page.goto(furnished["/queue"])
    expect(page.locator("#queue .holds")).to_contain_text("Overlap")
    expect(page.locator("#queue .holds")).to_contain_text("slow")


def test_an_unknown_page_is_a_404_in_the_same_frame(deployment: Deployment, open_page: Opener):
    watched = open_page(f"{deployment.url}/ui/jobs/nobody", expected=("status of 404",))

    expect(watched.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    expect(watched.page.locator("main")).to_contain_text("job 'nobody' does not exist")
    watched.page.get_by_role("link", name="Jobs", exact=True).first.click()
    expect(watched.page).to_have_url(f"{deployment.url}/ui/jobs")


def test_a_filter_lives_in_the_url_and_narrows_while_typing(
    deployment: Deployment, furnished: dict[str, str], open_page: Opener
):
    page = open_page(furnished["/jobs"]).page

    page.get_by_label("Search in id, type and tags").fill("stea")

    expect(page.locator("#job-slow")).to_have_count(0)
    expect(page.locator("#job-steady")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/ui/jobs\?search=stea&"))


def test_a_filter_that_nothing_passes_offers_the_way_back(
    deployment: Deployment, furnished: dict[str, str], open_page: Opener
):
    page = open_page(f"{deployment.url}/ui/jobs?search=nothing-is-called-so", java_script_enabled=False).page

    page.get_by_role("link", name="Show all jobs").click()

    expect(page.locator("#job-steady")).to_be_visible()


@pytest.mark.parametrize("width", [390, 700, 1280])
def test_many_answers_leave_their_question_room(width: int, deployment: Deployment, open_page: Opener):
    page = open_page(f"{deployment.url}/ui/planner", viewport={"width": width, "height": 800}).page
    page.get_by_label("What should run, and when?").fill("hello world")
    page.get_by_role("button", name="Show the plan").click()

    question = page.get_by_text("what should 'hello world' do?")

    expect(page.get_by_role("link", name="daily report at 07:30")).to_be_visible()
    box = question.bounding_box()
    assert box and box["width"] > 150 and box["height"] < 80, box
