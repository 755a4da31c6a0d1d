"""Runs in a browser: a log that leaves its reader alone, runs that are selected, failures that are retried together."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import COMMAND, Deployment, Opener
from tests.browser.test_run_log import run_program
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
TALKS = """
import os, sys, time
for number in range(120): print("line", number, "x" * 200)
while not os.path.exists(sys.argv[1]): time.sleep(0.02)
for number in range(60): print("later", number)
while not os.path.exists(sys.argv[2]): time.sleep(0.02)
print("the very last")
"""
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])


def fails(deployment: Deployment, job_id: str, error: str, times: int) -> list[str]:
    """Let runs of a job fail with this error, one after the other."""
    argv = [*COMMAND.split(), f"import sys; print({error!r}, file=sys.stderr); sys.exit(3)"]
    inputs = {"argv": argv, "failure_memory_enabled": False}
    deployment.save(job_id, type="command.run", inputs=inputs, retry_policy={"max_retry": 0})
    runs = []
    for _ in range(times):
        runs.append(deployment.run(job_id))
        assert deployment.ended(runs[-1])["status"] == "failed"
    return runs


def retried(deployment: Deployment, job_id: str) -> list[dict[str, str]]:
    return list(deployment.get(f"/runs?job_id={job_id}&source=retry"))


def top_line(page: Page) -> str:
    """Return the text of the first line that is in sight, by its place."""
    return str(
        page.evaluate(
            """() => {
                const box = document.querySelector(".lines").getBoundingClientRect();
                const line = [...document.querySelectorAll(".lines li")].find((one) => one.getBoundingClientRect().top >= box.top);
                return line.textContent + Math.round(line.getBoundingClientRect().top - box.top);
            }"""
        )
    )


def test_a_log_that_somebody_has_scrolled_up_stays_where_it_is(
    deployment: Deployment, open_page: Opener, tmp_path: Path
):
    gates = tmp_path / "first", tmp_path / "second"
    run_id = run_program(deployment, "scrolled", TALKS, *gates)
    page = open_page(f"{deployment.url}/ui/runs/{run_id}").page
    end = page.locator("#log-end")
    expect(page.locator(".lines li", has_text="line 119")).to_be_visible(timeout=20_000)
    assert page.evaluate("document.querySelector('.lines').scrollTop") == 0
    page.evaluate("document.querySelector('.lines').scrollTop = -700")
    expect(page.get_by_role("button", name="Follow again")).to_be_visible()
    seen = top_line(page)

    gates[0].touch()
    expect(page.locator(".lines li", has_text="later 59")).to_have_count(1, timeout=20_000)

    assert top_line(page) == seen
    page.get_by_role("button", name="Follow again").click()
    gates[1].touch()
    expect(page.locator(".lines li", has_text="the very last")).to_have_count(1, timeout=20_000)
    assert page.evaluate("document.querySelector('.lines').scrollTop") == 0
    expect(end).to_have_text("the log ends here", timeout=20_000)
    expect(page.get_by_role("button", name="Follow again")).to_be_hidden()


def test_a_log_is_searched_as_one_types_and_whole_on_enter(deployment: Deployment, open_page: Opener, tmp_path: Path):
    (tmp_path / "gate").touch()
    run_id = run_program(deployment, "searched", TALKS, tmp_path / "gate", tmp_path / "gate")
    deployment.ended(run_id)
    page = open_page(f"{deployment.url}/ui/runs/{run_id}").page
    search = page.locator("#log").get_by_role("searchbox")

    search.fill("LATER 5")
    expect(page.locator(".lines li:not(#log-end):visible")).to_have_count(11)
    page.get_by_label("Wrap").uncheck()
    expect(page.locator(".lines.unwrapped")).to_have_count(1)
    search.fill("line 11")
    search.press("Enter")

    expect(page.get_by_text("11 lines have it")).to_be_visible()


@SCRIPT
def test_selected_runs_are_retried_and_that_is_undone(script: bool, deployment: Deployment, open_page: Opener):
    job_id = f"picked-{'with' if script else 'without'}"
    runs = fails(deployment, job_id, "no paper", 2)
    deployment.post("/queue/pause?priority=normal")
    try:
        page = open_page(f"{deployment.url}/ui/runs?job_id={job_id}", java_script_enabled=script).page
        page.locator(f"#{runs[0]} input").check()
        if script:
            with page.expect_response("**/ui/runs?job_id=*"):  # a poll
                pass
        expect(page.locator(f"#{runs[0]} input")).to_be_checked()
        page.get_by_role("button", name="Retry selected").click()
        expect(page.get_by_role("heading", name="Retry 1 run?")).to_be_visible()
        assert retried(deployment, job_id) == []
        page.get_by_role("button", name="Retry 1 run").click()

        expect(page.get_by_role("heading", name="Retry 1 run")).to_be_visible()
        (operation,) = [one for one in deployment.get("/runs/bulk") if one["filter"] == {"run_ids": runs[0]}]
        page.goto(f"{deployment.url}/ui/runs/bulk/{operation['bulk_id']}")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("status")).to_contain_text("undone")
        wait_until(lambda: deployment.get(f"/runs/bulk/{operation['bulk_id']}")["status"] == "undone")
        assert [run["status"] for run in retried(deployment, job_id)] in ([], ["cancelled"])
    finally:
        deployment.post("/queue/resume?priority=normal")


@SCRIPT
def test_failures_that_are_alike_are_retried_together(script: bool, deployment: Deployment, open_page: Opener):
    job_id = f"alike-{'with' if script else 'without'}"
    fails(deployment, job_id, "row 17 is empty", 1)
    fails(deployment, job_id, "row 18 is empty", 1)
    fails(deployment, job_id, "no ink", 1)
    page = open_page(f"{deployment.url}/ui/failures?job_id={job_id}", java_script_enabled=script).page
    row = page.locator("#failures tbody tr", has_text="row <n> is empty")
    expect(row.locator("td[data-label=failures]")).to_contain_text("2")

    row.get_by_role("link", name="Runs").click()
    expect(page.locator("#runs tr[id^=run_]")).to_have_count(2)
    page.go_back()
    row.get_by_role("link", name="Retry 2").click()
    page.get_by_role("button", name="Retry 2 runs").click()

    wait_until(lambda: len(retried(deployment, job_id)) == 2, 30)
    for run in retried(deployment, job_id):
        assert deployment.ended(run["run_id"])["status"] == "failed"
    page.goto(f"{deployment.url}/ui/failures?job_id={job_id}")
    expect(row.locator("td[data-label=failures]")).to_contain_text("4")
