"""A new operator's first minute: clone, one command, a page, and an end that leaves nothing behind."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from runners.engine.version import VERSION
from tests.processes import CHECKOUT
from tests.servers import free_port
from tests.waiting import allowed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A clone in a folder with a space in its name, with its packages installed."""
    folder = tmp_path_factory.mktemp("a new operator") / "multijob"
    subprocess.run(["git", "clone", "--quiet", CHECKOUT, folder], check=True)
    # prepares .venv, and has nothing to end
    assert script(folder, "start-local", "--port", "0").returncode == 2
    yield folder
    script(folder, "stop-local")


def script(clone: Path, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one script from another folder, with a bare environment."""
    kept = ("PATH", "HOME", *(name for name in os.environ if name.startswith("PIP_")))
    env = {name: os.environ[name] for name in kept if name in os.environ}
    return subprocess.run(
        [clone / "scripts" / name, *words], cwd="/", env=env, capture_output=True, text=True, timeout=300, check=False
    )


def test_start_local_shows_the_demo_succeed_within_a_minute(clone: Path) -> None:
    port = str(free_port())
    started = time.monotonic()

    shown = script(clone, "start-local", "--demo", "--port", port)

    took = time.monotonic() - started
    told = dict(re.findall(r"^  (demo-[a-z-]+) +(\w+)", shown.stdout, re.MULTILINE))
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert told and set(told.values()) == {"success"} and len(told) == 4
    assert took < allowed(60)
    page = httpx.get(f"http://127.0.0.1:{port}/ui", trust_env=False, follow_redirects=True)
    assert page.status_code == 200
    assert script(clone, "status-local").returncode == 0
    assert "ended pid" in script(clone, "stop-local").stdout
    assert script(clone, "status-local").returncode == 1


def test_the_scripts_put_everything_inside_the_checkout(clone: Path) -> None:
    untracked = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True)

    assert untracked.stdout == ""


def test_the_command_line_stands_in_the_environment_and_works_from_every_folder(clone: Path) -> None:
    shown = subprocess.run(
        [clone / ".venv/bin/multijob", "--version"], cwd="/", capture_output=True, text=True, check=False
    )

    assert (shown.returncode, shown.stdout) == (0, f"multijob, version {VERSION}\n"), shown.stderr


def test_new_requirements_leave_handlers_that_were_installed(clone: Path) -> None:
    packages = next((clone / ".venv/lib").glob("python*/site-packages"))
    (packages / "greeting.py").write_text("")
    (clone / ".venv/.installed").write_text("those of an older version\n")

    shown = script(clone, "start-local", "--port", "0")

    assert "preparing" in shown.stdout
    assert (packages / "greeting.py").exists()
    assert (clone / ".venv/.installed").read_text() != "those of an older version\n"


def test_the_workflow_of_a_load_holds_by_its_own_command(clone: Path) -> None:
    workflow = yaml.safe_load((clone / ".github/workflows/load-simulation.yml").read_text())
    (play,) = (step["run"] for step in workflow["jobs"]["simulate"]["steps"] if "run" in step)
    load = {
        "JOBS": "5",
        "INTERVAL_SEC": "3",
        "WORK_MS": "200",
        "JITTER_SEC": "2",
        "DURATION_SEC": "10",
        "TICK_SEC": "2",
    }
    env = {**os.environ, **load, "CONCURRENCY": "10", "PREFIX": "simsafe", "CLEANUP": "--cleanup"}

    shown = subprocess.run(
        ["bash", "-euc", play], cwd=clone, env=env, capture_output=True, text=True, timeout=300, check=False
    )

    told = json.loads((clone / "load-logs/report.json").read_text())
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert told["ok"] and told["record"]["success"] == told["record"]["runs"] > 0
    assert "<svg" in (clone / "load-logs/report.html").read_text() and (clone / "load-logs/up.log").exists()


@pytest.mark.parametrize(
    "name", ["start-local", "status-local", "stop-local", "test", "check", "audit", "load-simulation"]
)
def test_every_script_says_how_it_is_used(clone: Path, name: str) -> None:
    shown = script(clone, name, "--help")

    assert shown.returncode == 0
    assert f"Usage: scripts/{name}" in shown.stdout


@pytest.mark.parametrize("name", ["start-local", "status-local", "stop-local"])
def test_on_windows_the_same_script_runs_inside_wsl(name: str) -> None:
    text = (CHECKOUT / "scripts" / f"{name}.ps1").read_text()

    assert f"bash scripts/{name} @args" in text and "wsl --install" in text
