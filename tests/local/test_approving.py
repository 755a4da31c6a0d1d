"""`multijob approve`: the real command, against a real web, decides on a run that waits."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import servers
from tests.api.live import Live, serving
from tests.processes import CHECKOUT

pytestmark = pytest.mark.slow
Command = Callable[..., subprocess.CompletedProcess[str]]
JOB = {"job_id": "deploy", "type": "simulation.heavy", "inputs": {"work_ms": 100}, "requires_approval": True}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with (
        servers.running(servers.redis_binary()) as server,
        serving(server.tcp_url, tmp_path_factory.mktemp("web")) as found,
    ):
        assert httpx.post(f"{found.url}/jobs", json=JOB).status_code == 201
        yield found


@pytest.fixture
def multijob(web: Live, tmp_path: Path) -> Command:
    """Run `multijob approve …` to its end, in a process of its own."""
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(CHECKOUT), "COLUMNS": "200"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "runners.cli", "approve", *words],
            env=env | {"MULTIJOB_URL": web.url},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    return run


@pytest.fixture
def waiting(web: Live) -> dict[str, Any]:
    """Return a run that waits for a person, as the API tells of it."""
    asked = httpx.post(f"{web.url}/jobs/deploy/run").json()
    assert asked["status"] == "waiting_approval"
    return dict(httpx.get(f"{web.url}/runs/{asked['run_id']}").json())


def answered(done: subprocess.CompletedProcess[str]) -> Any:
    """Return the JSON that the command printed; it must have ended well."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_what_waits_is_listed_shown_and_rejected_once(web: Live, multijob: Command, waiting: dict[str, Any]) -> None:
    (listed,) = answered(multijob("list", "--status", "pending", "--job", "deploy", "--json"))
    shown = answered(multijob("show", listed["approval_id"], "--json"))
    printed = multijob("show", listed["approval_id"])

    rejected = multijob("reject", listed["approval_id"], "--note", "not today", "--digest", shown["digest"])
    again = multijob("approve", listed["approval_id"])

    assert (shown["run_id"], shown["status"], shown["inputs"]) == (waiting["run_id"], "pending", {"work_ms": 100})
    assert printed.returncode == 0 and shown["digest"] in printed.stdout
    assert rejected.returncode == 0 and "rejected" in rejected.stdout, rejected.stderr
    run = httpx.get(f"{web.url}/runs/{waiting['run_id']}").json()
    assert (run["status"], run["failure_kind"]) == ("failed", "rejected")
    assert run["result"]["error"] == "rejected by local: not today"
    assert again.returncode == 1 and "rejected already" in again.stderr


def test_an_approved_run_goes_on_unless_something_else_was_shown(
    web: Live, multijob: Command, waiting: dict[str, Any]
) -> None:
    refused = multijob("approve", waiting["approval_id"], "--digest", "0" * 64)
    before = httpx.get(f"{web.url}/runs/{waiting['run_id']}").json()
    approved = answered(multijob("approve", waiting["approval_id"], "--note", "go", "--json"))

    assert (refused.returncode, before["status"]) == (1, "waiting_approval")
    assert (approved["status"], approved["note"]) == ("approved", "go")
    run = httpx.get(f"{web.url}/runs/{waiting['run_id']}").json()
    assert (run["status"], run["inputs"]) == ("queued", waiting["inputs"])
    assert httpx.post(f"{web.url}/runs/{waiting['run_id']}/cancel").is_success
