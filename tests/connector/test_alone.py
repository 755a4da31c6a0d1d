"""The connector as a process of its own, on a real server."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runners.engine import operations
from runners.engine.operations import Actor, Role
from runners.engine.store import chats
from runners.engine.store.chats import was_heard
from runners.engine.store.runs import load_run
from tests.connector.bot_api import SENDER, TOKEN
from tests.connector.looking import state
from tests.connector.outside import platform, server_env
from tests.processes import CHECKOUT
from tests.waiting import wait_until

__all__ = ["platform", "server_env"]
PATIENCE_SEC = 30
ADMIN = Actor("ana", Role.ADMIN, "api")


def test_it_answers_ends_at_once_when_asked_and_never_shows_its_token(platform, server_env, api, spawn):
    api.say("/status")
    process = spawn("connector", env=server_env)
    wait_until(lambda: api.sent and len(api.polls) > 1)
    title = Path(f"/proc/{process.process.pid}/cmdline").read_text()

    process.process.send_signal(signal.SIGTERM)

    assert process.process.wait(timeout=5) == 0
    assert state(platform).status == "offline"
    assert TOKEN not in process.text() + title


@pytest.mark.slow
def test_when_it_is_killed_the_next_one_goes_on_after_its_last_answer(platform, server_env, api, spawn):
    api.say("/help")
    first = spawn("connector", env=server_env)
    wait_until(lambda: (known := state(platform)) and known.offset == 501)
    wait_until(lambda: chats.waits_for(platform.store, "telegram:default") == 0)
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    api.say("/status")

    spawn("connector", env=server_env)

    wait_until(lambda: len(api.sent) > 1, PATIENCE_SEC)
    assert [text.splitlines()[0] for text in api.texts] == [
        "/run SENTENCE: show what a sentence would set up, before anything is made",
        "Online: schedulers 0, workers 0",
    ]


TAPS = 30


@pytest.mark.slow
def test_a_tap_resumes_the_run_that_waits_for_it(platform, server_env, api, spawn, capsys):
    spec = {"job_id": "deploy", "type": "simulation.heavy", "schedule": None, "requires_approval": True}
    for number in range(TAPS):
        job_id = f"deploy-{number}"
        operations.save_job(platform, ADMIN, spec | {"job_id": job_id, "approvers": {"role": "operator"}})
    runs = [operations.run_job(platform, ADMIN, f"deploy-{number}").run_id for number in range(TAPS)]
    spawn("connector", env=server_env)

    took = []
    for number, run_id in enumerate(runs):
        api.say(f"/approvals deploy-{number}")
        wait_until(lambda number=number: len(api.sent) == number + 1, PATIENCE_SEC)
        approve = api.buttons()["Approve"]
        began = time.monotonic()
        api.press(approve)
        wait_until(lambda run_id=run_id: load_run(platform.store, run_id).status == "queued", PATIENCE_SEC, 0.005)
        took.append(time.monotonic() - began)

    took.sort()
    with capsys.disabled():
        print(f"tap to resumed run, {TAPS} taps: p50 {took[TAPS // 2]:.3f} s, p95 {took[int(TAPS * 0.95)]:.3f} s")


@pytest.mark.slow
def test_a_person_links_himself_by_the_command_line_and_is_let_go_by_it(platform, server_env, api, spawn):
    env = server_env | {
        "AUTH_ENABLED": "true",
        "AUTH_ADMIN_TOKEN": secrets.token_hex(32),
        "TELEGRAM_ALLOWED_SENDERS": "",
    }

    def multijob(*words):
        command = [sys.executable, "-m", "runners.cli", "user", *words, "--json"]
        done = subprocess.run(command, cwd=CHECKOUT, env=os.environ | env, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    multijob("create", "ada", "--role", "viewer", "--generate")
    spawn("connector", env=env)
    said = multijob("link", "ada")["say"]
    api.say(said)
    api.say("/status")
    wait_until(lambda: len(api.sent) == 2, PATIENCE_SEC)
    linked = multijob("chats")
    multijob("unlink", "telegram", str(SENDER))
    last = api.say("/status")
    wait_until(lambda: was_heard(platform.store, "telegram:default", last), PATIENCE_SEC)

    assert api.texts[0].startswith("You are ada here from now on, with the role viewer.")
    assert api.texts[1].endswith("Queue mode: streams")
    assert [(row["person"], row["sender"]) for row in linked] == [("ada", str(SENDER))]
    assert len(api.sent) == 2
