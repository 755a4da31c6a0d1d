"""The handbook's examples in curl, Python and `multijob`: all that can run are run, in order, against a whole deployment."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.deployment import deployed
from tests.processes import CHECKOUT
from tests.shown_code import NOT_RUN, Example, examples

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
    (tmp_path / "scripts").symlink_to(CHECKOUT / "scripts")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    path = f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    with deployed("streams", tmp_path) as deployment:
        deployment.start_all("web", "scheduler", "worker", "connector")
        for job_id in READERS_JOBS:
            deployment.put(job_id, type="simulation.heavy")
        yield deployment.env | {"HOME": str(tmp_path), "PATH": path, "MULTIJOB_URL": deployment.url}


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
