"""Making, running, editing and deleting a job by its forms."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Deployment, Opener

pytestmark = pytest.mark.slow  # each walk takes seconds of a browser and of whole processes
SCRIPTS = pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])


def fill_new_job(page: Page, job_id: str) -> None:
    page.get_by_label("Job id").fill(job_id)
    page.get_by_label("Type").select_option("simulation.heavy")
    if page.get_by_role("button", name="Show its inputs").is_visible():
        page.get_by_role("button", name="Show its inputs").click()
    page.get_by_label("work ms").fill("150")


@SCRIPTS
def test_a_job_is_made_run_and_seen_to_succeed(script: bool, deployment: Deployment, open_page: Opener):
    job_id = f"made-{'with' if script else 'without'}"
    page = open_page(f"{deployment.url}/ui/jobs/new", java_script_enabled=script).page
    fill_new_job(page, job_id)
    page.get_by_label("only when asked").check()

    page.get_by_role("button", name="Create the job").click()
    expect(page.get_by_role("status")).to_contain_text(f"{job_id} is created")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_role("status")).to_contain_text("is queued")
    page.get_by_role("link", name="Watch it").click()

    run_id = page.url.rpartition("/")[2]
    assert deployment.ended(run_id)["status"] == "success"
    if not script:
        page.reload()
    expect(page.locator("#run .heading .state")).to_have_text("success")


def test_all_problems_come_back_at_once_beside_their_fields_with_the_input_kept(
    deployment: Deployment, open_page: Opener
):
    page = open_page(f"{deployment.url}/ui/jobs/new", expected=("status of 422",)).page
    fill_new_job(page, "a:b")
    page.get_by_label("work ms").fill("5")
    page.get_by_label("by a cron expression").check()
    page.get_by_role("textbox", name="Cron expression").fill("61 * * * *")
    page.get_by_label("Time limit in ms").fill("-1")

    page.get_by_role("button", name="Create the job").click()

    expect(page.get_by_role("alert")).to_contain_text("4 problems")
    for label, typed in (
        ("Job id", "a:b"),
        ("work ms", "5"),
        ("Cron expression", "61 * * * *"),
        ("Time limit in ms", "-1"),
    ):
        box = page.get_by_role("textbox", name=label)
        expect(page.locator(".field", has=box).locator(".problem")).to_have_count(1)
        expect(box).to_have_value(typed)


def depth_of_save(page: Page) -> float:
    """Return how far below the top of its column the button stands, in px; the page may be scrolled meanwhile."""
    column = page.locator("form.edit aside").bounding_box()
    button = page.get_by_role("button", name="Create the job").bounding_box()
    assert column and button
    return button["y"] - column["y"]


def test_the_preview_follows_the_schedule_while_it_is_typed(deployment: Deployment, open_page: Opener):
    page = open_page(f"{deployment.url}/ui/jobs/new").page
    before = depth_of_save(page)

    page.get_by_label("by a cron expression").check()
    page.get_by_role("textbox", name="Cron expression").press_sequentially("0 7 * * *")
    page.get_by_label("Time zone").fill("Asia/Jakarta")

    expect(page.locator("#preview")).to_contain_text("every day at 07:00, Asia/Jakarta")
    expect(page.locator("#preview")).to_contain_text("00:00:00 UTC")
    expect(page.get_by_role("textbox", name="Cron expression")).to_have_value("0 7 * * *")
    assert depth_of_save(page) == before, "a preview that comes moves nothing that somebody is about to press"


def test_the_check_works_without_javascript(deployment: Deployment, open_page: Opener):
    page = open_page(f"{deployment.url}/ui/jobs/new", java_script_enabled=False).page
    page.get_by_label("Job id").fill("kept")
    page.get_by_label("Seconds between slots").fill("900")

    page.get_by_role("button", name="Check").click()

    expect(page.locator("#preview")).to_contain_text("every 15 minutes")
    expect(page.get_by_label("Job id")).to_have_value("kept")


def test_a_form_that_is_saved_untouched_changes_nothing(deployment: Deployment, open_page: Opener):
    deployment.save("untouched", schedule={"cron": "0 7 * * *", "timezone": "Asia/Jakarta"}, tags=["a", "b"])
    before = deployment.get("/jobs/untouched")
    page = open_page(f"{deployment.url}/ui/jobs/untouched/edit").page

    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("untouched is unchanged")
    assert deployment.get("/jobs/untouched")["version"] == before["version"]


@SCRIPTS
def test_an_edit_that_somebody_overtook_shows_three_sides_and_is_put_on_top(
    script: bool, deployment: Deployment, open_page: Opener
):
    job_id = f"shared-{script}".lower()
    deployment.save(job_id, description="old")
    page = open_page(
        f"{deployment.url}/ui/jobs/{job_id}/edit", expected=("status of 412",), java_script_enabled=script
    ).page
    deployment.save(job_id, description="old", timeout_ms=60_000)
    page.get_by_label("Description").fill("mine")

    page.get_by_role("button", name="Save", exact=True).click()

    sides = page.get_by_role("alert").filter(has_text="Somebody else saved this job")
    expect(sides.get_by_role("row").filter(has_text="timeout_ms")).to_contain_text("60000")
    expect(sides.get_by_role("row").filter(has_text="description")).to_contain_text('"mine"')
    expect(page.get_by_label("Description")).to_have_value("mine")
    page.get_by_role("button", name="Put mine on top of theirs, and look").click()
    expect(page.get_by_label("Time limit in ms")).to_have_value("60000")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text(f"{job_id} is updated")
    saved = deployment.get(f"/jobs/{job_id}")
    assert (saved["description"], saved["timeout_ms"]) == ("mine", 60_000)


@SCRIPTS
def test_a_job_is_written_as_a_text_and_as_fields_with_what_was_typed(
    script: bool, deployment: Deployment, open_page: Opener
):
    job_id = f"written-{script}".lower()
    page = open_page(f"{deployment.url}/ui/jobs/new", java_script_enabled=script).page
    fill_new_job(page, job_id)
    page.get_by_label("only when asked").check()
    page.get_by_role("button", name="YAML").click()
    text = page.get_by_label("Spec", exact=True)
    expect(text).to_have_value(re.compile(rf"job_id: {job_id}\n(.|\n)*work_ms: 150"))

    text.fill(text.input_value().replace("work_ms: 150", "work_ms: 175"))
    page.get_by_role("button", name="fields").click()
    expect(page.get_by_label("work ms")).to_have_value("175")
    page.get_by_role("button", name="Create the job").click()

    expect(page.get_by_role("status")).to_contain_text(f"{job_id} is created")
    assert deployment.get(f"/jobs/{job_id}")["inputs"] == {"work_ms": 175}


def test_a_preset_fills_its_fields_at_once(deployment: Deployment, open_page: Opener):
    page = open_page(f"{deployment.url}/ui/jobs/new").page
    page.get_by_label("Job id").fill("kept")

    page.get_by_label("Fill the next three with a preset").select_option("batch")

    expect(page.get_by_label("Longest cooldown in seconds")).to_have_value("14400")
    expect(page.get_by_label("Failures in a row", exact=True)).to_have_value("1")
    expect(page.get_by_label("Job id")).to_have_value("kept")


def test_what_is_wrong_stands_beside_its_field_while_it_is_typed(deployment: Deployment, open_page: Opener):
    page = open_page(f"{deployment.url}/ui/jobs/new").page
    box = page.get_by_label("Time limit in ms")

    box.fill("5")
    expect(page.locator(".field", has=box).locator(".problem")).to_contain_text("timeout_ms 5 is not")
    box.fill("5000")

    expect(page.locator(".field", has=box).locator(".problem")).to_have_count(0)
    expect(box).to_be_focused()


def test_an_id_that_is_taken_is_said_beside_the_id(deployment: Deployment, open_page: Opener):
    deployment.save("taken")
    page = open_page(f"{deployment.url}/ui/jobs/new", expected=("status of 409",)).page
    fill_new_job(page, "taken")

    page.get_by_role("button", name="Create the job").click()

    expect(page.locator(".field .problem")).to_contain_text("job 'taken' exists already")


def test_disabling_and_enabling_say_what_happened(deployment: Deployment, open_page: Opener):
    deployment.save("switched", schedule={"interval_sec": 3600})
    page = open_page(f"{deployment.url}/ui/jobs/switched").page

    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("status")).to_contain_text("switched is disabled")
    assert deployment.get("/jobs/switched")["enabled"] is False

    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("status")).to_contain_text("switched is enabled")
    assert deployment.get("/jobs/switched")["enabled"] is True


def test_deleting_asks_first_naming_the_job_and_what_goes(deployment: Deployment, open_page: Opener):
    deployment.save("goner")
    page = open_page(f"{deployment.url}/ui/jobs/goner", java_script_enabled=False).page

    page.locator("summary", has_text="More").filter(visible=True).last.click()
    page.get_by_role("link", name="Delete …").click()
    expect(page.get_by_role("heading", name="Delete goner?")).to_be_visible()
    page.get_by_role("button", name="Delete goner").click()

    expect(page.get_by_role("status")).to_contain_text("goner is deleted")
    expect(page.locator("#job-goner")).to_have_count(0)


def test_a_run_that_a_guard_forbids_says_why(deployment: Deployment, open_page: Opener):
    deployment.save("alone", inputs={"work_ms": 60_000})
    deployment.run("alone")
    page = open_page(f"{deployment.url}/ui/jobs/alone").page

    page.get_by_role("button", name="Run now").click()

    expect(page.get_by_role("status")).to_contain_text("an earlier run is still active")
