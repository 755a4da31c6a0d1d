"""The handbook's examples in curl, Python and `multijob`: all that can run are run, in order, against a whole deployment."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import servers
from tests.processes import CHECKOUT, Spawner
from tests.shown_code import NOT_RUN, Example, examples
from tests.waiting import wait_until

HERE = "http://127.0.0.1:8000"
READERS_JOBS = ("copy", "nightly-sync")
"""What examples take for granted that the reader has."""
SHIMS = {
    "curl": 'exec /usr/bin/curl --silent --show-error --fail-with-body --max-time 30 "$@"',
    "multijob": f'exec "{sys.executable}" -m runners.cli "$@"',
}


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of somebody who tries the examples: a platform answers, and a refused request fails the block."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, words in SHIMS.items():
        (tools / name).write_text(f"#!/bin/sh\n{words}\n")
        (tools / name).chmod(0o755)
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    spawner = Spawner(tmp_path)
    with servers.running(servers.redis_binary()) as server:
        env = {"REDIS_URL": server.url, "DATA_DIR": str(tmp_path / "data"), "PORT": str(port)}
        env |= {
            "SECRET_KEY": "tests-only-tests-only-tests-only-tests",
            "PYTHONPATH": str(CHECKOUT),
            "HOME": str(tmp_path),
        }
        try:
            for process in ("web", "scheduler", "worker", "connector"):
                spawner(process, env=env)
            wait_until(lambda: _ready(url), 90)
            for job_id in READERS_JOBS:
                httpx.post(f"{url}/jobs", json={"job_id": job_id, "type": "simulation.heavy"}).raise_for_status()
            (tmp_path / "scripts").symlink_to(CHECKOUT / "scripts")
            (tmp_path / ".venv").symlink_to(sys.prefix)
            yield env | {"PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}", "MULTIJOB_URL": url}
        finally:
            for spawned in spawner.spawned:
                spawned.kill()


def _ready(url: str) -> bool:
    try:
        answer = httpx.get(f"{url}/readyz").json()
        return bool(answer["workers"]) and answer["scheduler"] == "online"
    except (httpx.TransportError, KeyError, ValueError):
        return False


def run(example: Example, env: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    text = example.text.replace(HERE, env["MULTIJOB_URL"])
    words = ["bash", "-euo", "pipefail", "-c", text] if example.language == "sh" else [sys.executable, "-c", text]
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_every_example_works_as_it_stands(environment: dict[str, str], tmp_path: Path) -> None:
    failed = []
    for example in examples():
        if not example.reason and (ended := run(example, environment, tmp_path)).returncode:
            failed.append(f"{example.chapter}: {example.text}\n{ended.stdout[-600:]}\n{ended.stderr[-600:]}")

    assert not failed, "\n\n".join(failed)


def test_each_reason_not_to_run_an_example_is_one_of_an_example() -> None:
    begun = {key for key in NOT_RUN for one in examples() if one.chapter == key[0] and one.text.startswith(key[1])}

    assert begun == set(NOT_RUN)
    assert {one.language for one in examples() if one.chapter == "api"} == {"sh", "python"}
