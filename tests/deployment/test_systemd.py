"""The handbook's units for systemd: they are read without a word, and leave little open."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from runners.engine.settings import Settings
from tests.processes import CHECKOUT

UNITS = CHECKOUT / "docs/deploy/systemd"
PROGRAMS = ("web", "scheduler", "worker", "connector")
SYSTEM_EXPOSURE = 1.5
USER_EXPOSURE = 7.0
"""What a person's own manager can shut off is less: it may not change what the machine shows."""

pytestmark = pytest.mark.slow


def analyze(*words: str, runtime: Path) -> str:
    """Return what systemd-analyze says; a word about a mistake fails the test."""
    env = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(runtime), "HOME": str(runtime)}
    ended = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, env=env)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with a program at the place that they name: whether that is there is not what is verified."""
    shutil.copytree(UNITS, tmp_path / "units")
    program = tmp_path / "multijob"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in (tmp_path / "units").rglob("*.service"):
        unit.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={program}", unit.read_text(), flags=re.MULTILINE))
    for name in PROGRAMS:
        shutil.copy(tmp_path / "units/multijob@.service", tmp_path / f"units/multijob@{name}.service")
    return tmp_path / "units"


def test_units_are_read_without_a_word(units: Path, tmp_path: Path) -> None:
    of_system = [str(units / "multijob.target"), *(str(units / f"multijob@{name}.service") for name in PROGRAMS)]

    assert analyze("verify", *of_system, runtime=tmp_path) == ""
    assert analyze("--user", "verify", str(units / "user/multijob.service"), runtime=tmp_path) == ""


@pytest.mark.parametrize(
    ("unit", "most", "words"),
    [("multijob@web.service", SYSTEM_EXPOSURE, []), ("user/multijob.service", USER_EXPOSURE, ["--user"])],
    ids=["system", "user"],
)
def test_units_leave_little_open(units: Path, tmp_path: Path, unit: str, most: float, words: list[str]) -> None:
    said = analyze(*words, "security", "--offline=true", str(units / unit), runtime=tmp_path)

    exposure = re.search(r"Overall exposure level .*: ([\d.]+)", said)
    assert exposure, said
    assert float(exposure[1]) <= most, said


def test_a_stop_is_waited_for_longer_than_runs_have_to_end() -> None:
    for unit in ("multijob@.service", "user/multijob.service"):
        stop = re.search(r"^TimeoutStopSec=(\d+)$", (UNITS / unit).read_text(), re.MULTILINE)

        assert stop, unit
        assert int(stop[1]) > Settings().shutdown_grace.total_seconds(), unit
