"""The simulation as a whole: a deployment of real processes, the program beside it, and the same load on a virtual clock."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from runners.simulation.verdict import Scenario
from runners.simulation.virtual import play
from tests.processes import Spawned, ending
from tests.servers import free_port
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).parents[2] / "scripts" / "simulate_safe_load.py"
TOKENS = {
    "AUTH_ENABLED": "true",
    "AUTH_ADMIN_TOKEN": "admin-token-of-the-test-1234",
    "AUTH_VIEWER_TOKEN": "viewer-token-of-the-test-1234",
}
FAIR = 0.02


def up(spawn: Callable[..., Spawned], folder: Path, **env: str) -> str:
    """Start a whole deployment and return its address once a worker is there."""
    port = free_port()
    spawn("up", env={"DATA_DIR": str(folder / "platform"), "PORT": str(port), **env})
    url = f"http://127.0.0.1:{port}"

    def works() -> bool:
        try:
            answer = httpx.get(f"{url}/readyz").json()
        except (httpx.TransportError, ValueError):
            return False
        return bool(answer.get("workers") or (env.get("AUTH_ENABLED") and answer.get("status") == "ready"))

    wait_until(works, 90)
    return url


def simulated(url: str, *words: str) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, "-S", str(SCRIPT), "--api-base", url, "--json", *words],
        capture_output=True,
        text=True,
        timeout=240,
    )
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


@contextmanager
def simulating(url: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(SCRIPT), "--api-base", url, *words]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process,
        ending(process),
    ):
        yield process


@pytest.mark.parametrize("transport", ["streams", "lists", "memory"])
def test_a_short_load_holds_in_every_mode(transport, spawn, tmp_path):
    url = up(spawn, tmp_path, QUEUE_MODE=transport, WORKER_CONCURRENCY="20")
    load = [
        "--jobs",
        "12",
        "--interval-sec",
        "4",
        "--work-ms",
        "300",
        "--jitter-sec",
        "3",
        "--duration-sec",
        "12",
        "--tick-sec",
        "2",
    ]

    code, told, said = simulated(url, *load, "--cleanup")

    assert code == 0, said
    assert told["server"]["mode"] == transport
    assert told["record"]["overlaps"] == [] and told["record"]["failed"] == 0
    assert told["record"]["success"] == told["record"]["runs"] >= 12
    assert {job["enabled"] for job in httpx.get(f"{url}/jobs").json()} == {False}


def differing(real: dict[str, Any], virtual: dict[str, Any]) -> list[str]:
    """Return what differs by more than 2 % between two reports."""
    figures = {
        name: (one["record"]["runs"], one["skipped"], one["record"]["peak_depth"])
        for name, one in (("real", real), ("virtual", virtual))
    }
    compared = zip(("runs", "skips", "peak depth"), figures["real"], figures["virtual"], strict=True)
    return [f"{name}: {one} and {two}" for name, one, two in compared if abs(one - two) > FAIR * max(one, two)]


def mean_work_sec(report: dict[str, Any]) -> float:
    """Return how long the runs of a report have worked in the mean."""
    said = re.search(r" x ([\d.]+) s \(mean of the runs\)", report["recommended"]["how"])
    assert said, report["recommended"]
    return float(said[1])


def test_a_virtual_and_a_real_run_of_one_scenario_agree_within_two_percent(spawn, tmp_path):
    """Half as many slots as the load needs: runs, skips and depth follow from capacity, and every part of it must be right."""
    scenario = Scenario(60, 5, 3000, 4, 90, 30, "agree")
    url = up(spawn, tmp_path, QUEUE_MODE="streams", WORKER_CONCURRENCY="20")
    load = ["--jobs", "60", "--interval-sec", "5", "--work-ms", "3000", "--jitter-sec", "4", "--duration-sec", "90"]

    code, real, said = simulated(url, *load, "--tick-sec", "30", "--prefix", "agree", "--cleanup")

    assert code == 0, said
    assert real["skipped"] > 100 and real["record"]["peak_depth"] > 20
    as_long = replace(scenario, work_ms=round(mean_work_sec(real) * 1000))  # a busy machine lets every run work longer
    assert differing(real, play(as_long, 20, seed=1, spread=0)) == []
    assert differing(real, play(as_long, 22, seed=1, spread=0)) != []


def test_an_interrupt_ends_in_order_with_the_jobs_away(spawn, tmp_path):
    url = up(spawn, tmp_path, QUEUE_MODE="streams")
    load = [
        "--jobs",
        "5",
        "--interval-sec",
        "2",
        "--work-ms",
        "100",
        "--jitter-sec",
        "1",
        "--duration-sec",
        "300",
        "--tick-sec",
        "0.5",
    ]

    with simulating(url, *load, "--delete") as process:
        wait_until(lambda: len(httpx.get(f"{url}/runs").json()) > 3, 60)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "interrupted; ending in order" in said and "deleted 5 jobs" in said and "success > 0" in said
    assert httpx.get(f"{url}/jobs").json() == []


def test_with_auth_it_says_what_it_lacks_and_works_with_a_token(spawn, tmp_path):
    url = up(spawn, tmp_path, QUEUE_MODE="streams", **TOKENS)
    load = [
        "--jobs",
        "2",
        "--interval-sec",
        "1",
        "--work-ms",
        "100",
        "--jitter-sec",
        "0",
        "--duration-sec",
        "6",
        "--tick-sec",
        "2",
        "--delete",
    ]

    nobody, _, asked = simulated(url, *load)
    viewer, _, forbidden = simulated(url, *load, "--token", TOKENS["AUTH_VIEWER_TOKEN"])
    admin, told, said = simulated(url, *load, "--token", TOKENS["AUTH_ADMIN_TOKEN"])

    assert (nobody, viewer, admin) == (1, 1, 0), said
    assert "401" in asked and "--token" in asked
    assert "403" in forbidden and "operator" in forbidden
    assert told["ok"] and TOKENS["AUTH_ADMIN_TOKEN"] not in json.dumps(told) + said
