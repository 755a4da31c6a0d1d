"""Settings in a real browser: what is chosen is how the next page looks, speaks and behaves, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.guarded import Guarded, guarded_deployment, sign_in
from tests.planted import PASSWORD

pytestmark = pytest.mark.slow

BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A deployment with two people who look."""
    with guarded_deployment(tmp_path_factory.mktemp("settings")) as found:
        for name in ("ana", "eve"):
            found.ask("POST", "/people", {"name": name, "role": "viewer", "password": PASSWORD})
        yield found


def settings_of(guarded: Guarded, open_page: Opener, name: str, **options: object) -> Page:
    page = open_page(f"{guarded.url}/ui/settings", timezone_id="Asia/Makassar", color_scheme="light", **options).page
    sign_in(page, name)
    expect(page.locator("form.stack")).to_be_visible()
    return page


@pytest.mark.parametrize(("name", "scripts"), [("ana", True), ("eve", False)], ids=["with-js", "without-js"])
def test_what_is_chosen_is_how_the_next_page_looks_and_speaks(
    guarded: Guarded, open_page: Opener, name: str, scripts: bool
) -> None:
    page = settings_of(guarded, open_page, name, java_script_enabled=scripts)

    page.get_by_label("Theme").select_option("dark")
    page.get_by_label("Density").select_option("compact")
    page.get_by_label("Language").select_option("id")
    page.get_by_label("Time zone").select_option("Asia/Jakarta")
    page.get_by_role("button", name="Keep these settings").click()

    expect(page.get_by_role("status").first).to_contain_text("Pengaturan Anda tersimpan.")
    expect(page.locator("footer")).to_contain_text("WIB")
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    page.goto(f"{guarded.url}/ui/jobs")
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page.get_by_role("link", name="Antrean")).to_be_visible()


def test_a_chosen_theme_holds_against_the_systems(guarded: Guarded, open_page: Opener) -> None:
    page = settings_of(guarded, open_page, "eve")
    page.locator("[name=theme]").select_option("light")
    page.locator("form.stack button").click()
    light = page.evaluate(BACKGROUND)

    page.locator("[name=theme]").select_option("dark")
    page.locator("form.stack button").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(BACKGROUND) != light


def test_times_follow_the_browser_to_another_zone_and_refreshing_can_be_off(
    guarded: Guarded, open_page: Opener
) -> None:
    page = settings_of(guarded, open_page, "ana")
    page.locator("[name=zone]").select_option("browser")
    page.locator("[name=refresh_sec]").select_option("0")
    page.locator("form.stack button").click()

    expect(page.locator("#clock")).to_contain_text("WITA")
    page.goto(f"{guarded.url}/ui/queue")
    expect(page.locator("#queue")).to_be_visible()
    expect(page.locator("[data-poll]")).to_have_count(0)
