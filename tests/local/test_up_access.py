"""`up` with sign-in on: everything that asks the platform from its own machine goes on working, and nobody else gets in."""

import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.local.conftest import Machine
from tests.processes import ending
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
STRONG = "c35a9e7f104b8d26f0417e6b"
ON = {"AUTH_ENABLED": "true"}


def logged(machine: Machine) -> str:
    return "".join(path.read_text(errors="replace") for path in (machine.folder / "runtime-logs").iterdir())


def test_it_comes_up_with_its_demo_and_shows_the_first_sign_in_on_the_terminal_only(machine: Machine):
    up = machine.multijob("up", "--detach", "--demo", env=ON)

    assert up.returncode == 0, up.stdout + up.stderr + logged(machine)
    assert up.stdout.count("success") == 4
    link = re.search(
        r"sign in +(http://127\.0\.0\.1:\d+/ui/first)#([a-z2-7]{4}(-[a-z2-7]{4}){4})$", up.stdout, re.MULTILINE
    )
    assert link and machine.get("/ui/first").status_code == 200
    assert link[2] not in logged(machine) and "mjt_" not in logged(machine)
    assert "`multijob user first`" in logged(machine)
    assert machine.get("/jobs").status_code == 401
    assert machine.multijob("status", env=ON).returncode == 0
    assert machine.multijob("doctor", env=ON).returncode == 0


def test_tokens_and_people_of_the_terminal_come_in(machine: Machine):
    assert machine.multijob("up", "--detach", env=ON).returncode == 0

    made = machine.multijob("token", "create", "ci", "--role", "operator", env=ON)
    token = re.search(r"^token +(mjt_\S+)$", made.stdout, re.MULTILINE)

    assert token, made.stdout + made.stderr
    mine = ON | {"MULTIJOB_TOKEN": token[1]}
    assert machine.multijob("job", "list", env=mine).returncode == 0
    assert machine.multijob("pause", env=mine).returncode == 0
    refused = machine.multijob("job", "delete", "x", env=mine)
    assert (refused.returncode, "it needs 'admin'" in refused.stderr) == (1, True)
    assert "MULTIJOB_TOKEN" in machine.multijob("job", "list", env=ON).stderr
    assert machine.multijob("user", "create", "ana", "--role", "admin", "--generate", env=ON).returncode == 0
    assert machine.multijob("token", "revoke", "ci", env=ON).returncode == 0
    assert machine.multijob("job", "list", env=mine).returncode == 1
    assert token[1] not in logged(machine)
    assert token[1].split("_", 2)[2].encode() not in b"".join(map(read, (machine.folder / "data").rglob("*")))


def read(path: Path) -> bytes:
    """Return what is in a file, nothing for anything else."""
    return path.read_bytes() if path.is_file() else b""


def test_in_memory_somebody_must_be_able_to_come_in(machine: Machine):
    memory = ON | {"QUEUE_MODE": "memory"}
    refused = machine.multijob("up", "--detach", env=memory)
    assert refused.returncode == 1
    assert "with AUTH_ENABLED=true set AUTH_ADMIN_TOKEN" in refused.stderr

    up = machine.multijob("up", "--detach", "--demo", env=memory | {"AUTH_ADMIN_TOKEN": STRONG})

    assert up.returncode == 0, up.stdout + up.stderr + logged(machine)
    assert up.stdout.count("success") == 4 and "ui/first" not in up.stdout
    shown = {"Authorization": f"Bearer {STRONG}"}
    assert httpx.get(f"{machine.url}/auth/me", headers=shown, trust_env=False).json()["role"] == "admin"
    assert STRONG not in logged(machine)


def test_a_web_process_alone_shows_the_link_on_a_terminal_and_never_in_a_log(machine: Machine, redis_server):
    env = machine.env | ON | {"REDIS_URL": redis_server.emptied().url, "DATA_DIR": str(machine.folder / "data")}
    command = [sys.executable, "-m", "runners.cli", "web"]
    terminal, theirs = pty.openpty()
    said = b""
    with ending(subprocess.Popen(command, cwd=machine.folder, env=env, stdout=theirs, stderr=theirs, close_fds=True)):
        os.close(theirs)
        while b"/ui/first#" not in said:
            assert select.select([terminal], [], [], 60)[0], said
            said += os.read(terminal, 4096)
    os.close(terminal)
    log = machine.folder / "web.log"
    with (
        log.open("wb") as sink,
        ending(subprocess.Popen(command, cwd=machine.folder, env=env, stdout=sink, stderr=sink)),
    ):
        wait_until(lambda: "multijob user first" in log.read_text(), 30)

    assert "/ui/first#" not in log.read_text()
