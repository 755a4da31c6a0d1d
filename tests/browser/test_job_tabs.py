"""A job's tabs in a browser: why it did not run, the way back to a version, its failures forgotten, a run with other inputs."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Deployment, Opener
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # each walk takes seconds of a browser and of whole processes
SCRIPTS = pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])


@SCRIPTS
def test_why_it_did_not_run_at_a_time_is_answered_in_one_sentence_with_the_run_that_blocked_it(
    script: bool, deployment: Deployment, open_page: Opener
):
    job_id = f"why-{script}".lower()
    deployment.save(job_id, schedule={"interval_sec": 1}, inputs={"work_ms": 60_000})

    def skipped() -> str:
        rows = [row for row in deployment.get(f"/jobs/{job_id}/decisions") if row["decision"] == "skipped"]
        return str(rows[0]["slot_at"]) if rows else ""

    at = wait_until(skipped, 30)
    blocker = deployment.get(f"/runs?job_id={job_id}")[0]["run_id"]
    page = open_page(f"{deployment.url}/ui/jobs/{job_id}", java_script_enabled=script).page

    page.get_by_role("navigation", name="Parts of this job").get_by_role("link", name="Decisions").click()
    page.get_by_label("Why did it, or did it not, run at").fill(at)
    page.get_by_role("button", name="Answer").click()

    answer = page.locator("#answer")
    expect(answer).to_contain_text(re.compile(r"It did not run: Overlap skipped .*: an earlier run was still active"))
    expect(answer).to_contain_text("limit 1")
    deployment.post(f"/runs/{blocker}/cancel")
    deployment.ended(blocker)
    answer.get_by_role("link", name=blocker[4:]).click()
    expect(page).to_have_url(f"{deployment.url}/ui/runs/{blocker}")


@SCRIPTS
def test_a_version_is_gone_back_to_after_a_look_at_what_changes(
    script: bool, deployment: Deployment, open_page: Opener
):
    job_id = f"back-{script}".lower()
    for timeout_ms in (1000, 2000):
        deployment.save(job_id, timeout_ms=timeout_ms)
    page = open_page(f"{deployment.url}/ui/jobs/{job_id}/versions", java_script_enabled=script).page

    page.get_by_role("link", name="Roll back …").click()
    expect(page.get_by_role("heading", name=f"Roll {job_id} back to version 1?")).to_be_visible()
    expect(page.locator(".changes")).to_contain_text("2000 → 1000")
    page.get_by_role("button", name="Roll back to version 1").click()

    expect(page.get_by_role("status")).to_contain_text("this is version 3")
    assert deployment.get(f"/jobs/{job_id}")["timeout_ms"] == 1000


@SCRIPTS
def test_failures_are_forgotten_from_the_tab_of_memory(script: bool, deployment: Deployment, open_page: Opener):
    job_id = f"sore-{script}".lower()
    inputs = {"fail_times": 9, "work_ms": 0, "failure_threshold": 1}
    deployment.save(job_id, type="simulation.flaky", retry_policy={"max_retry": 0}, inputs=inputs)
    deployment.ended(deployment.run(job_id))
    page = open_page(f"{deployment.url}/ui/jobs/{job_id}/memory", java_script_enabled=script).page
    expect(page.locator("#memory")).to_contain_text("1 failed run; cooldown from 1")

    page.locator("#memory").get_by_role("button", name="Reset memory").click()

    expect(page.get_by_role("status")).to_contain_text("are forgotten")
    assert deployment.get(f"/jobs/{job_id}/memory")["consecutive_failures"] == 0


@SCRIPTS
def test_a_run_has_other_inputs_for_once_from_the_menu(script: bool, deployment: Deployment, open_page: Opener):
    job_id = f"once-{script}".lower()
    deployment.save(job_id)
    page = open_page(f"{deployment.url}/ui/jobs/{job_id}", java_script_enabled=script).page

    page.locator("#job .menu summary").click()
    page.get_by_role("link", name="Run with other inputs …").click()
    page.get_by_label("work ms").fill("123")
    page.get_by_role("button", name="Run it").click()

    expect(page.get_by_role("status")).to_contain_text("is queued")
    assert deployment.ended(page.url.rpartition("/")[2])["inputs"]["work_ms"] == 123
    assert deployment.get(f"/jobs/{job_id}")["inputs"]["work_ms"] == 100


def test_an_open_menu_and_a_half_typed_question_outlive_the_polls(deployment: Deployment, open_page: Opener):
    deployment.save("patient", schedule={"interval_sec": 1})
    page = open_page(f"{deployment.url}/ui/jobs/patient/decisions").page
    page.get_by_label("Why did it, or did it not, run at").fill("02:0")

    for _ in range(3):
        with page.expect_response(lambda answer: "/ui/jobs/patient/decisions" in answer.url):
            pass

    expect(page.get_by_label("Why did it, or did it not, run at")).to_have_value("02:0")
