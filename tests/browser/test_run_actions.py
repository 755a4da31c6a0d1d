"""A run is cancelled and retried from its page, by forms that need no JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Deployment, Opener
from tests.waiting import wait_until


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_run_is_cancelled_and_retried_from_its_page(script: bool, deployment: Deployment, open_page: Opener):
    job_id = f"stopped-{'with' if script else 'without'}"
    deployment.save(job_id, inputs={"work_ms": 60_000})
    old = deployment.run(job_id)
    wait_until(lambda: deployment.get(f"/runs/{old}")["status"] == "running")
    page = open_page(f"{deployment.url}/ui/runs/{old}", java_script_enabled=script).page
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)

    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name=f"Cancel this run of {job_id}?")).to_be_visible()
    assert deployment.get(f"/runs/{old}")["status"] == "running"
    page.get_by_role("button", name="Cancel the run").click()
    expect(page.get_by_role("status")).to_contain_text("The run is asked to stop")
    assert deployment.ended(old)["status"] == "cancelled"
    if not script:
        page.reload()
    expect(page.locator("#run .heading .state")).to_have_text("cancelled")
    expect(page.get_by_role("link", name="Cancel")).to_have_count(0)
    expect(page.get_by_role("heading", name="It was cancelled")).to_be_visible()
    expect(page.locator(".card.error")).to_have_count(0)

    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("status")).to_contain_text(f"A new run of {job_id} with the same inputs is queued")
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing was changed")
    expect(page.get_by_role("status")).to_contain_text("an earlier run is still active")

    page.goto(f"{deployment.url}/ui/runs?job_id={job_id}&source=retry")
    new = page.locator("#runs tr[id^=run_]").first.get_attribute("id")
    deployment.post(f"/runs/{new}/cancel")
    assert deployment.get(f"/runs/{new}")["source"] == "retry"
