"""A process is recognised for good, and the owner of a port is found."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from runners.engine.errors import Conflict
from runners.local import port, proc
from tests.servers import free_port
from tests.waiting import wait_until

SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]


def test_a_process_is_itself_until_it_ends() -> None:
    with subprocess.Popen(SLEEPER) as process:
        identity = proc.identify(process.pid)
        assert identity is not None
        alive = identity.is_alive()
        process.kill()

    assert alive
    assert not identity.is_alive()


@pytest.mark.parametrize("change", [{"started": 1}, {"boot": "another boot"}])
def test_another_process_with_the_same_pid_gets_no_signal(change: dict[str, object]) -> None:
    with subprocess.Popen(SLEEPER) as process:
        identity = proc.identify(process.pid)
        assert identity is not None

        replace(identity, **change).send(signal.SIGKILL)

        assert process.poll() is None
        process.kill()


def test_a_zombie_is_not_alive() -> None:
    with subprocess.Popen(["true"]) as process:
        assert wait_until(
            lambda: (proc.PROC / str(process.pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        )

        assert proc.identify(process.pid) is None


def test_descendants_are_found_down_to_the_last() -> None:
    nested = f"import subprocess, signal; subprocess.Popen({SLEEPER!r}); signal.pause()"
    with subprocess.Popen([sys.executable, "-c", nested], start_new_session=True) as process:
        wait_until(lambda: len(proc.descendants(process.pid)) == 1)

        found = proc.descendants(os.getpid())

        assert [each for each in found if proc.command_line(each.pid).endswith(SLEEPER[-1])]
        os.killpg(process.pid, signal.SIGKILL)


def test_a_port_in_use_is_named_with_its_owner() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]

        with pytest.raises(Conflict) as refused:
            port.require_free("127.0.0.1", number)

    assert f"port {number} of 127.0.0.1: in use by pid {os.getpid()} (" in str(refused.value)
    assert str(refused.value).endswith("; choose another one with --port")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_free_port_is_let_through(host: str) -> None:
    port.require_free(host, free_port())


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    written = tmp_path / "pid"
    starter = (
        "import signal, subprocess, sys, pathlib\n"
        "from runners.local.proc import die_with_parent\n"
        f"child = subprocess.Popen({SLEEPER!r}, preexec_fn=die_with_parent(), process_group=0)\n"
        f"pathlib.Path({str(written)!r}).write_text(str(child.pid))\n"
        "signal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", starter]) as parent:
        pid = int(wait_until(lambda: written.exists() and written.read_text()))
        before = proc.identify(pid)
        parent.kill()

    assert before is not None
    assert wait_until(lambda: not before.is_alive())
