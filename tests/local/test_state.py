"""What `up` writes down about itself, and what a disk that is full or was cut off does to it."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runners.engine.settings import read
from runners.local import launch, state, supervisor


@pytest.mark.parametrize("left", ["", '{"supervisor"', "[]", '{"children": []}'])
def test_a_state_that_was_cut_off_is_none(tmp_path: Path, left: str) -> None:
    (tmp_path / "up.json").write_text(left)

    assert state.read(tmp_path) is None


def test_a_full_disk_ends_nothing_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    settings = read({"DATA_DIR": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1/0"})
    running = supervisor.Supervisor(settings, dict(os.environ), 1)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(state, "write", full)
    running.write()

    assert "no space left" in capsys.readouterr().err


def test_a_supervisor_that_fails_fails_the_command_that_stayed_with_it(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(launch.signal, "signal", lambda *_: None)
    failing = subprocess.Popen([sys.executable, "-S", "-c", "raise SystemExit(3)"])

    assert launch.stay(failing) is False
    assert "up.err.log" in capsys.readouterr().err
