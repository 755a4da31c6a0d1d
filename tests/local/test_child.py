"""A program is kept running, with a pause that grows, and ends with everything that it left behind."""

import os
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from runners.engine import embedded
from runners.local import child as child_module
from runners.local import logs
from runners.local.child import Child, Program, ServerChild, pause
from runners.local.proc import Identity, descendants, identify
from runners.local.supervisor import end
from tests.waiting import wait_until

WAITS = "import signal; print('here', flush=True); signal.pause()"
LEAVES_A_CHILD = f"import subprocess, sys, signal; subprocess.Popen([sys.executable, '-c', {WAITS!r}]); signal.pause()"
IGNORES_SIGTERM = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
)


@pytest.fixture
def children(tmp_path: Path) -> Iterator[list[Child]]:
    started: list[Child] = []
    yield started
    for each in started:
        each.kill_group()


@pytest.fixture
def python(children: list[Child], tmp_path: Path):
    def make(code: str) -> Child:
        children.append(
            Child(Program("part", [sys.executable, "-c", code], dict(os.environ)), tmp_path / "runtime-logs")
        )
        return children[-1]

    return make


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


@pytest.mark.parametrize(("failures", "seconds"), [(1, 0.5), (2, 1), (3, 2), (6, 16), (7, 30), (8, 30), (10_000, 30)])
def test_the_pause_doubles_up_to_half_a_minute(failures: int, seconds: float) -> None:
    assert pause(failures) == timedelta(seconds=seconds)


def test_a_program_that_ends_is_started_again(python, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "SHORTEST_PAUSE", timedelta(0))
    child = python(WAITS)
    child.keep()
    first = pid_of(child)

    os.kill(first, signal.SIGKILL)

    wait_until(lambda: child.keep() and child.process is not None)
    assert pid_of(child) != first
    assert child.state().restarts == 1


def test_it_is_not_started_again_before_its_pause_is_over(python) -> None:
    child = python("pass")
    child.keep()

    wait_until(child.keep)

    assert child.process is None
    assert not child.keep()


def test_what_a_dead_program_left_behind_ends_before_the_next_start(python) -> None:
    child = python(LEAVES_A_CHILD)
    child.keep()
    left = wait_until(lambda: descendants(pid_of(child)))[0]

    os.kill(pid_of(child), signal.SIGKILL)
    wait_until(child.keep)

    assert wait_until(lambda: not left.is_alive())


def test_it_writes_one_log_for_each_stream(python, tmp_path: Path) -> None:
    child = python("import sys; print('to out'); print('to err', file=sys.stderr)")
    child.keep()
    wait_until(child.has_ended)

    folder = tmp_path / "runtime-logs"
    assert (folder / "part.out.log").read_text() == "to out\n"
    assert (folder / "part.err.log").read_text() == "to err\n"


def test_a_large_log_steps_aside_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LARGEST_BYTES", 3)
    (tmp_path / "part.out.log").write_text("old and long")

    with logs.open_log(tmp_path, "part", "out") as log:
        log.write(b"new")

    assert (tmp_path / "part.out.log.1").read_text() == "old and long"
    assert (tmp_path / "part.out.log").read_text() == "new"


@pytest.mark.parametrize(("code", "said"), [(WAITS, "here"), (IGNORES_SIGTERM, "deaf")])
def test_the_end_is_waited_for_up_to_the_grace_and_then_made(python, tmp_path: Path, code: str, said: str) -> None:
    child = python(code)
    child.keep()
    wait_until(lambda: said in (tmp_path / "runtime-logs" / "part.out.log").read_text())
    identity = identify(pid_of(child))

    end([child], timedelta(seconds=0.3))

    assert isinstance(identity, Identity)
    assert not identity.is_alive()


def test_a_second_server_waits_while_the_first_one_lives(children: list[Child], tmp_path: Path) -> None:
    program = Program("server", embedded.command(embedded.require_binary(), tmp_path), dict(os.environ))
    first, second = (ServerChild(program, tmp_path / "runtime-logs", tmp_path) for _ in range(2))
    children += [first, second]

    first.keep()
    second.keep()

    assert first.process is not None
    assert second.process is None
    os.kill(pid_of(first), signal.SIGKILL)
    assert wait_until(lambda: second.keep())


def test_a_program_that_cannot_be_started_now_is_started_later(tmp_path: Path, capsys) -> None:
    child = Child(Program("part", [str(tmp_path / "nowhere")], {}), tmp_path / "runtime-logs")

    assert child.keep()
    assert child.process is None and child.state().restarts == 1
    assert not child.keep()
    assert "part cannot be started: No such file or directory" in capsys.readouterr().err


def test_a_log_that_has_grown_large_begins_anew_under_its_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LARGEST_BYTES", 10)
    with logs.open_log(tmp_path, "part", "out") as log:
        log.write(b"more than ten bytes\n")
        log.flush()

        logs.shorten(tmp_path)
        log.write(b"next\n")

    assert (tmp_path / "part.out.log").read_bytes() == b"next\n"
    assert (tmp_path / "part.out.log.1").read_bytes() == b"more than ten bytes\n"
