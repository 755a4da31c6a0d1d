"""What is paused is paused and resumed from its page, by forms that need no JavaScript, and says so wherever it matters."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Deployment, Opener
from tests.waiting import wait_until

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])


def shows(page: Page, selector: str, text: str) -> None:
    """Wait until the page says so; one without JavaScript has to be asked again."""
    wait_until(lambda: page.reload() and text in page.locator(selector).first.inner_text(), 15)


@SCRIPT
def test_a_job_is_paused_and_resumed_from_its_page(script: bool, deployment: Deployment, open_page: Opener):
    job_id = f"resting-{'with' if script else 'without'}"
    deployment.save(job_id, schedule={"interval_sec": 1})
    page = open_page(f"{deployment.url}/ui/jobs/{job_id}", java_script_enabled=script).page

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status")).to_contain_text(f"{job_id} is paused by local")
    held = wait_until(lambda: (deployment.get(f"/jobs/{job_id}")["hold"] or {}).get("guard") == "paused" and page)
    shows(held, "#job", "Held: this job is paused since")
    expect(page.get_by_role("button", name="Run now")).to_have_count(0)
    page.goto(f"{deployment.url}/ui/jobs?search={job_id}")
    expect(page.locator(f"#job-{job_id} .state")).to_have_text("paused")
    page.goto(f"{deployment.url}/ui/jobs/{job_id}")

    page.get_by_role("button", name="Resume").first.click()

    expect(page.get_by_role("status")).to_contain_text(f"{job_id} goes on")
    last = deployment.get(f"/jobs/{job_id}/runs")
    wait_until(lambda: len(deployment.get(f"/jobs/{job_id}/runs")) > len(last))
    deployment.post(f"/jobs/{job_id}/pause")


@pytest.mark.slow
def test_a_run_of_a_paused_priority_says_what_it_waits_for(deployment: Deployment, open_page: Opener):
    deployment.save("patient", inputs={"work_ms": 100, "pressure_priority": "low", "allow_overlap": True})
    page = open_page(f"{deployment.url}/ui/queue", java_script_enabled=False).page
    deployment.save("hold-up", inputs={"work_ms": 60_000, "pressure_priority": "low", "allow_overlap": True})
    busy = [deployment.run("hold-up") for _ in range(5)]  # all slots of the one worker
    wait_until(lambda: deployment.get("/queue")["running"] >= 5)
    waiting = deployment.run("patient")

    page.locator("tr", has_text="low").get_by_role("button", name="Pause").click()

    expect(page.get_by_role("status").first).to_contain_text("Priority low is paused by local")
    for run in busy:
        deployment.post(f"/runs/{run}/cancel")
    page.goto(f"{deployment.url}/ui/runs/{waiting}")
    expect(page.locator("#run .heading")).to_contain_text("priority low is paused")
    page.goto(f"{deployment.url}/ui")
    expect(page.locator("#overview")).to_contain_text("Priority low is paused")
    assert [deployment.ended(run)["status"] for run in busy] == ["cancelled"] * len(busy)
    assert deployment.get(f"/runs/{waiting}")["status"] == "queued"

    page.get_by_role("button", name="Resume low").click()

    expect(page.get_by_role("status").first).to_contain_text("Priority low goes on")
    assert deployment.ended(waiting)["status"] == "success"


@pytest.mark.slow
def test_a_flow_group_has_a_page_with_its_limit_and_who_waits(deployment: Deployment, open_page: Opener):
    flow = {"work_ms": 60_000, "flow_group": "exports", "flow_max_active_runs": 2}
    deployment.save("first-export", inputs=flow)
    run = deployment.run("first-export")
    page = open_page(f"{deployment.url}/ui/flow-groups", java_script_enabled=False).page
    page.get_by_role("link", name="exports").click()
    expect(page.locator("#flow-group")).to_contain_text("stated by first-export")

    page.get_by_label("At most").fill("1")
    page.get_by_role("button", name="Set").click()
    expect(page.get_by_role("status")).to_contain_text("at most 1 of its runs are active at once")
    deployment.save("second-export", schedule={"interval_sec": 1}, inputs=flow)
    shows(page, "#flow-group", "second-export")
    expect(page.locator("#flow-group")).to_contain_text("stated by the group itself")

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status")).to_contain_text("Flow group exports is paused by local")
    deployment.post(f"/runs/{run}/cancel")
    shows(page, "#flow-group", "Pause")
    page.goto(f"{deployment.url}/ui/flow-groups/exports")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("status")).to_contain_text("Flow group exports goes on")
    shows(page, "#flow-group", "running")

    for job in ("first-export", "second-export"):
        deployment.post(f"/jobs/{job}/pause")
    for run in deployment.get("/flow-groups/exports")["active_runs"]:
        deployment.post(f"/runs/{run}/cancel")
