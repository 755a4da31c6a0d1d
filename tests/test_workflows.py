"""The workflows of those who host this: what they run exists here, and a linter finds nothing in them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

TOP = Path(__file__).resolve().parent.parent
FOLDER = TOP / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
LOAD_INPUTS = {
    *("jobs", "interval_sec", "work_ms", "jitter_sec", "duration_sec", "tick_sec"),
    *("worker_concurrency", "prefix", "cleanup"),
}


def read(name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load((FOLDER / name).read_text())
    return found


def steps(workflow: dict[Any, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).parent / "zizmor"
    return subprocess.run([linter, "--offline", "--no-progress", *paths], capture_output=True, text=True, timeout=60)


def test_there_is_a_workflow_for_each_purpose() -> None:
    assert {path.stem for path in FILES} == {"tests", "ui-e2e", "load-simulation", "dependency-audit"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_command_of_a_workflow_is_a_script_that_runs_on_a_desk(path: Path) -> None:
    programs = [step["run"].split()[0] for step in steps(read(path.name)) if "run" in step]

    assert programs
    assert [name for name in programs if not re.fullmatch(r"scripts/[a-z-]+", name)] == []
    assert [name for name in programs if not os.access(TOP / name, os.X_OK)] == []


def test_browser_tests_run_on_push_and_pull_request() -> None:
    assert set(read("ui-e2e.yml")[True]) == {"push", "pull_request"}  # YAML 1.1 reads 'on' as true


def test_the_load_is_played_by_hand_with_its_inputs_and_its_logs_are_kept() -> None:
    workflow = read("load-simulation.yml")
    (play,) = (step["run"] for step in steps(workflow) if "run" in step)
    env = workflow["jobs"]["simulate"]["env"]

    assert set(workflow[True]) == {"workflow_dispatch"}
    assert set(workflow[True]["workflow_dispatch"]["inputs"]) == LOAD_INPUTS
    assert {re.search(r"inputs\.(\w+)", value)[1] for value in env.values()} == LOAD_INPUTS  # type: ignore[index]  # all are inputs
    assert set(re.findall(r"\$(\w+)", play)) == set(env)
    (kept,) = (step for step in steps(workflow) if "upload-artifact" in step.get("uses", ""))
    assert (kept["if"], kept["with"]["path"]) == ("always()", "load-logs")


@pytest.mark.slow
def test_a_linter_finds_nothing_in_the_workflows_and_something_in_bad_ones(tmp_path: Path) -> None:
    good = zizmor(FOLDER)
    bad = tmp_path / ".github/workflows/tests.yml"
    bad.parent.mkdir(parents=True)
    shutil.copy(FOLDER / "tests.yml", bad)
    bad.write_text(bad.read_text().replace("runs-on:", "runs_on:"))
    unpinned = tmp_path / "other/.github/workflows/tests.yml"
    unpinned.parent.mkdir(parents=True)
    unpinned.write_text(re.sub(r"@[0-9a-f]{40}.*", "@v4", (FOLDER / "tests.yml").read_text()))

    assert good.returncode == 0, good.stdout + good.stderr
    assert zizmor(bad).returncode != 0
    assert zizmor(unpinned).returncode != 0
