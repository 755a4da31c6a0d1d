"""Keys: rows and pages without a mouse, listed behind one of them, and off for whoever wants that."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Deployment, Opener

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(deployment: Deployment) -> str:
    """The list of runs of a job that has two."""
    deployment.save("keyed")
    for _ in range(2):
        deployment.ended(deployment.run("keyed"))
    return f"{deployment.url}/ui/runs?job_id=keyed"


@pytest.fixture
def page(address: str, open_page: Opener) -> Page:
    return open_page(address).page


def test_g_and_a_letter_go_to_pages(page: Page, deployment: Deployment):
    for keys, path in (("gj", "/ui/jobs"), ("gq", "/ui/queue"), ("gr", "/ui/runs"), ("go", "/ui")):
        for key in keys:
            page.keyboard.press(key)

        page.wait_for_url(deployment.url + path)


def test_j_and_k_walk_the_rows_x_picks_one_and_enter_opens_it(page: Page):
    rows, here = page.locator("#runs tbody tr"), "row => row.contains(document.activeElement)"
    for key, place in (("j", 0), ("j", 1), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        assert rows.nth(place).evaluate(here), key

    page.keyboard.press("x")
    expect(rows.nth(0).get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("x")
    page.keyboard.press("Enter")

    page.wait_for_url("**/ui/jobs/keyed")


def test_the_list_of_keys_opens_and_closes_and_turns_them_off(page: Page):
    keys = page.get_by_role("region", name="Keys")
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()

    page.keyboard.press("?")
    keys.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("j")

    expect(keys).to_be_hidden()
    assert page.evaluate("document.activeElement === document.body")


def test_without_scripts_the_keys_are_listed_and_the_bar_opens(deployment: Deployment, open_page: Opener):
    page = open_page(
        f"{deployment.url}/ui/jobs", java_script_enabled=False, viewport={"width": 320, "height": 700}
    ).page

    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    page.get_by_text("More", exact=True).first.click()

    page.get_by_role("link", name="Grants").click()
    page.wait_for_url("**/ui/grants")


def test_the_first_stop_of_the_keyboard_leads_to_the_content(page: Page):
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    box = skip.bounding_box()
    assert box is not None and box["x"] >= 0

    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_the_slash_looks_in_the_list_of_the_page_before_all_jobs(page: Page):
    page.keyboard.press("/")

    expect(page.get_by_role("searchbox", name="Search in run id, job id and error")).to_be_focused()


def test_a_menu_closes_behind_whoever_tabs_out_of_it_and_the_list_of_keys_is_entered(page: Page):
    more = page.locator("details.more")
    more.locator("summary").focus()
    page.keyboard.press("Enter")
    more.get_by_role("link").last.focus()
    page.keyboard.press("Tab")
    expect(more).not_to_have_attribute("open", "")

    left = page.locator("#runs tbody a").first
    left.focus()
    page.keyboard.press("?")
    expect(page.locator("#keys button")).to_be_focused()
    page.keyboard.press("Escape")
    expect(left).to_be_focused()


def test_a_refused_form_begins_at_what_is_wrong(open_page: Opener, deployment: Deployment):
    form = open_page(f"{deployment.url}/ui/jobs/new", expected=("422",)).page
    form.get_by_label("Job id").fill("a b")
    form.keyboard.press("Enter")

    expect(form.locator(".card.error")).to_be_focused()
    form.keyboard.press("Tab")
    form.keyboard.press("Enter")
    expect(form.get_by_label("Job id")).to_be_focused()
