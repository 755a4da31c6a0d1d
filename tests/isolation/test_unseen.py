"""What a process of ours holds in its environment no other program of its user can read; looked at through Linux's /proc."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runners.isolation.warm import KEEPER
from tests.waiting import wait_until

TOP = Path(__file__).resolve().parents[2]
READ = "import sys; print(open(f'/proc/{sys.argv[1]}/environ').read())"
STRANGER = """
import ctypes, os, sys
for capability in (19, 21, 38):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Root may look everywhere; without CAP_SYS_PTRACE, CAP_SYS_ADMIN and CAP_PERFMON (PR_CAPBSET_DROP) it is a user like others."""
SLEEP = "import time; time.sleep(60)"


def child() -> tuple[list[str], tuple[int, ...]]:
    ours, theirs = socket.socketpair()
    os.set_inheritable(theirs.fileno(), True)
    kept.extend((ours, theirs))
    return [sys.executable, "-m", "runners.isolation.child", str(theirs.fileno())], (theirs.fileno(),)


def keeper() -> tuple[list[str], tuple[int, ...]]:
    ours, theirs = socket.socketpair()
    kept.extend((ours, theirs))
    numbers = (ours.fileno(), theirs.fileno())
    program = ["--", sys.executable, "-c", SLEEP]
    return [sys.executable, "-I", "-S", str(KEEPER), *map(str, numbers), *program], numbers


def command_line() -> tuple[list[str], tuple[int, ...]]:
    begun = "from runners.cli.main import main; main(['worker'], standalone_mode=False)"
    waiting = "import click, runners.cli.processes as p; p.worker.callback = lambda: __import__('time').sleep(60); "
    return [sys.executable, "-c", waiting + begun], ()


kept: list[socket.socket] = []


@contextmanager
def running(argv: list[str], passed: tuple[int, ...]) -> Iterator[subprocess.Popen[bytes]]:
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(TOP),
        "CANARY": "canary-of-this-process",
        "DATA_DIR": "/nowhere",
    }
    program = subprocess.Popen(
        [sys.executable, "-c", STRANGER, *argv[1:]],
        env=env,
        pass_fds=passed,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield program
    finally:
        program.kill()
        program.communicate()
        while kept:
            kept.pop().close()


def seen_of(pid: int) -> str:
    """Return what another program of the same user can read of its environment."""
    asked = [sys.executable, "-c", STRANGER, "-I", "-S", "-c", READ, str(pid)]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.stdout if answer.returncode == 0 else answer.stderr


@pytest.mark.slow
@pytest.mark.parametrize("started", [child, keeper, command_line])
def test_no_program_of_the_same_user_reads_its_environment(started):
    with running(*started()) as program:
        wait_until(lambda: "PermissionError" in seen_of(program.pid), 30)
        assert program.poll() is None


@pytest.mark.slow
def test_the_same_look_sees_what_a_process_shows_that_does_not_hide():
    with running([sys.executable, "-c", SLEEP], ()) as program:
        wait_until(lambda: "canary-of-this-process" in seen_of(program.pid), 30)
