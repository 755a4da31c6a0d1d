"""Markup in anything that comes from outside stays text, on pages and in fragments."""

import httpx
from playwright.sync_api import expect

from tests.browser.conftest import Deployment, Opener

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script><hx-partial hx-target='#lost'>x</hx-partial>"


def test_markup_in_a_job_and_in_its_run_is_shown_as_text(deployment: Deployment, open_page: Opener):
    deployment.save("marked", description=MARKUP, tags=["<b>bold</b>"])
    run_id = deployment.run("marked")
    deployment.ended(run_id)
    page = open_page(f"{deployment.url}/ui/jobs/marked").page

    expect(page.locator(".heading p")).to_have_text(MARKUP)
    expect(page.locator("main img, main script")).to_have_count(0)
    page.goto(f"{deployment.url}/ui/runs/{run_id}")
    expect(page.locator("main img, main script")).to_have_count(0)
    page.goto(f"{deployment.url}/ui/jobs/marked/edit")
    expect(page.get_by_label("Description")).to_have_value(MARKUP)


def test_markup_in_a_filter_is_shown_as_text(deployment: Deployment, open_page: Opener):
    page = open_page(f"{deployment.url}/ui/jobs").page

    page.goto(str(httpx.URL(f"{deployment.url}/ui/jobs", params={"search": MARKUP, "tag": MARKUP})))

    expect(page.get_by_label("Search in id, type and tags")).to_have_value(MARKUP)
    expect(page.locator("main img, main script")).to_have_count(0)


def test_markup_in_an_error_is_shown_as_text(deployment: Deployment, open_page: Opener):
    url = httpx.URL(f"{deployment.url}/ui/runs", params={"status": MARKUP})
    page = open_page(str(url), expected=("status of 404",)).page

    expect(page.locator("main")).to_contain_text("<img src=x")
    expect(page.locator("main img, main script")).to_have_count(0)


def test_markup_in_a_fragment_is_text_too(deployment: Deployment):
    deployment.save("marked-part", description=MARKUP, tags=["<b>bold</b>"])

    part = httpx.get(f"{deployment.url}/ui/jobs/marked-part", headers={"HX-Request": "true"}).text

    assert "<hx-partial" not in part
    assert "<b>bold" not in part
