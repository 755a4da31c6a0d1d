"""A run's log on its page: it follows the run, leaves readers alone, stops with the run, and reads without JavaScript."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import COMMAND, Deployment, Opener

GATED = """
import os, sys, time
print("<script>alert(1)</script>")
while not os.path.exists(sys.argv[1]): time.sleep(0.02)
print("second", file=sys.stderr)
while not os.path.exists(sys.argv[2]): time.sleep(0.02)
print("last")
"""


def run_program(deployment: Deployment, job_id: str, code: str, *arguments: object, retries: int = 0) -> str:
    argv = [*COMMAND.split(), code, *map(str, arguments)]
    policy = {"max_retry": retries, "backoff_sec": [0]}
    deployment.save(job_id, type="command.run", inputs={"argv": argv}, retry_policy=policy, timeout_ms=60_000)
    return deployment.run(job_id)


@pytest.fixture
def gates(tmp_path: Path) -> tuple[Path, Path]:
    """Files for which the program waits."""
    return tmp_path / "first", tmp_path / "second"


def test_a_log_follows_its_run_and_leaves_the_reader_alone(
    deployment: Deployment, open_page: Opener, gates: tuple[Path, Path]
):
    run_id = run_program(deployment, "follows", GATED, *gates)
    page = open_page(f"{deployment.url}/ui/runs/{run_id}").page
    lines = page.locator(".lines time ~ span")
    expect(lines.nth(1)).to_have_text("<script>alert(1)</script>", timeout=20_000)
    page.evaluate("getSelection().selectAllChildren(document.querySelectorAll('.lines time ~ span')[1])")

    gates[0].touch()

    expect(page.locator(".lines [data-stream=stderr] > span")).to_have_text("second", timeout=20_000)
    assert page.evaluate("getSelection().toString()").strip() == "<script>alert(1)</script>"
    gates[1].touch()
    deployment.ended(run_id)
    expect(lines).to_have_text(
        [lines.first.inner_text(), "<script>alert(1)</script>", "second", "last"], timeout=20_000
    )
    expect(page.locator("#log-end:not([data-poll])")).to_have_text("the log ends here", timeout=20_000)
    expect(page.locator("main script")).to_have_count(0)


def test_a_log_is_no_longer_asked_for_once_its_run_has_ended(
    deployment: Deployment, open_page: Opener, gates: tuple[Path, Path]
):
    run_id = run_program(deployment, "stops-asking", GATED, *gates)
    page = open_page(f"{deployment.url}/ui/queue").page
    page.clock.install()
    page.goto(f"{deployment.url}/ui/runs/{run_id}")
    expect(page.locator("#log-end[data-poll]")).to_have_count(1)
    for gate in gates:
        gate.touch()
    deployment.ended(run_id)

    page.clock.run_for(2_500)

    expect(page.locator("#log-end:not([data-poll])")).to_have_text("the log ends here", timeout=20_000)
    expect(page.locator("#run[data-poll]")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.clock.run_for(60_000)
    assert asked == []


def test_a_log_reads_without_javascript_and_says_where_it_goes_on(
    deployment: Deployment, open_page: Opener, gates: tuple[Path, Path]
):
    run_id = run_program(deployment, "no-script", GATED, *gates)
    page = open_page(f"{deployment.url}/ui/runs/{run_id}", java_script_enabled=False).page
    for gate in gates:
        gate.touch()
    deployment.ended(run_id)

    page.get_by_role("link", name="what has come since").click()

    expect(page.locator(".lines time ~ span").last).to_have_text("last")
    expect(page.locator("#log-end:not([data-poll])")).to_have_text("the log ends here", timeout=20_000)


def test_attempts_are_told_apart_and_the_table_says_how_each_ended(deployment: Deployment, open_page: Opener):
    run_id = run_program(deployment, "told-apart", "import sys; sys.exit('out of paper')", retries=1)
    deployment.ended(run_id)
    page = open_page(f"{deployment.url}/ui/runs/{run_id}").page

    remarks = page.locator(".lines .remark > span").all_inner_texts()

    assert [remark.partition(" on ")[0] for remark in remarks] == ["attempt 1", "attempt 2"]
    rows = page.locator("#run tbody tr:has(.state)")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("exit status 1: out of paper")


def test_a_long_log_shows_its_end_and_leads_to_the_whole(deployment: Deployment, open_page: Opener):
    run_id = run_program(deployment, "wordy", "for i in range(2000): print(f'line {i} ' + 'x' * 60)")
    deployment.ended(run_id)
    page = open_page(f"{deployment.url}/ui/runs/{run_id}").page

    page.locator("#log-end").scroll_into_view_if_needed()
    expect(page.locator(".lines time ~ span").last).to_contain_text("line 1999 ")
    expect(page.locator(".lines time ~ span").last).to_be_in_viewport()
    with page.expect_download() as download:
        page.locator("#log").get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == f"{run_id}.log"
    assert Path(download.value.path()).read_text().count("line ") == 2000
    page.goto(f"{deployment.url}/ui/runs/{run_id}/log")
    expect(page.locator(".lines time ~ span").nth(1)).to_contain_text("line 0 ")
    page.get_by_role("link", name="go on").click()
    expect(page.locator(".heading p")).to_contain_text("From byte 32")


def test_progress_is_a_bar_on_the_run_and_on_the_overview(deployment: Deployment, open_page: Opener):
    deployment.save("far", inputs={"work_ms": 60_000}, timeout_ms=90_000)
    run_id = deployment.run("far")
    page = open_page(f"{deployment.url}/ui/runs/{run_id}").page
    bar = page.get_by_role("progressbar", name="Progress")

    expect(bar).to_be_visible(timeout=20_000)
    assert bar.get_attribute("max") == "60000"
    expect(page.locator(".how-far small")).to_contain_text("of 60")
    page.goto(f"{deployment.url}/ui")
    expect(page.locator("tr", has_text="far").get_by_role("progressbar")).to_be_visible()
    deployment.post(f"/runs/{run_id}/cancel")
    deployment.ended(run_id)


def test_an_offset_that_is_none_is_a_404(deployment: Deployment, open_page: Opener):
    run_id = run_program(deployment, "no-offset", "print(1)")
    page = open_page(f"{deployment.url}/ui/runs/{run_id}/log?from=x", expected=("status of 404",)).page

    expect(page.locator("main")).to_contain_text("from 'x' is no offset in a log")
