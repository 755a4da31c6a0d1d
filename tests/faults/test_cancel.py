"""A run that somebody cancels stops where it runs, soon, and leaves its place to the next one; through every door."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from rq.command import send_stop_job_command

from runners.engine import operations
from runners.engine.operations import Actor, Role
from tests.api.live import Live, serving
from tests.connector import bot_api
from tests.connector.bot_api import CHAT, SENDER, TOKEN
from tests.faults import books
from tests.faults.deployment import Deployment
from tests.faults.marks import LISTS_SELDOM, STREAMS_ONLY
from tests.planted import SECRET_KEY
from tests.processes import CHECKOUT, is_alive
from tests.waiting import wait_until

OPERATOR = Actor("ana", Role.OPERATOR, "system")
SOON = 5.0
"""Seconds within which a cancelled run has ended."""
DEFAULTS = {"RUN_LEASE_SEC": "30", "REAPER_TICK_SEC": "5"}


@LISTS_SELDOM
def test_a_cancelled_run_stops_soon_and_its_retry_takes_its_place(deployment: Deployment) -> None:
    deployment.start("worker", **DEFAULTS)
    deployment.save("long", type="simulation.heavy", inputs={"work_ms": 60_000}, timeout_ms=90_000)
    run_id = deployment.run("long")
    deployment.wait_for(run_id, "running")

    asked = operations.cancel_run(deployment.platform, OPERATOR, run_id)
    run = deployment.wait_for(run_id, "cancelled", timeout=SOON)
    again = operations.retry_run(deployment.platform, OPERATOR, run_id)
    deployment.wait_for(again.run_id, "running")
    operations.cancel_run(deployment.platform, OPERATOR, again.run_id)
    deployment.wait_for(again.run_id, "cancelled", timeout=SOON)

    assert asked.status == "asked"
    assert run.result["error"] == "cancelled on request"
    assert run.failure_kind is None
    assert deployment.events("run.cancelled") == 2
    assert books.run_problems(deployment) == []
    assert deployment.dead() == []


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways in which a person or a tool may cancel a run; each returns when it has been said."""

    deployment: Deployment
    live: Live
    chat: bot_api.BotApi

    def api(self, run_id: str) -> None:
        assert httpx.post(f"{self.live.url}/runs/{run_id}/cancel").status_code == 200

    def page(self, run_id: str) -> None:
        with httpx.Client(base_url=self.live.url) as browser:
            shown = browser.get(f"/ui/runs/{run_id}/cancel").text
            token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
            assert token is not None
            assert browser.post(f"/ui/runs/{run_id}/cancel", data={"csrf_token": token[1]}).status_code in (200, 303)

    def cli(self, run_id: str) -> None:
        command = [sys.executable, "-m", "runners.cli", "run", "cancel", run_id]
        subprocess.run(command, env=os.environ | {"MULTIJOB_URL": self.live.url}, cwd=CHECKOUT, check=True)

    def chat_command(self, run_id: str) -> None:
        self.chat.say(f"/cancel {run_id}")
        job_id = self.deployment.record(run_id).job_id
        sure = f"Cancel the run of {job_id}"
        number = wait_until(lambda: self._question(sure), 20)
        self.chat.press(self.chat.buttons(number)[sure], number=number)

    def _question(self, sure: str) -> int:
        """Return the number of the message that asks once more; 0 while there is none."""
        return next((number for number in reversed(self.chat.messages) if sure in self.chat.buttons(number)), 0)

    def rq_stop_command(self, run_id: str) -> None:
        send_stop_job_command(self.deployment.platform.store.rq_redis, run_id)


@pytest.fixture
def doors(deployment: Deployment, tmp_path: Path) -> Iterator[Doors]:
    """A web process and a connector with its Bot API, beside the deployment."""
    with serving(deployment.server.url, tmp_path, SECRET_KEY=SECRET_KEY) as live, bot_api.running() as chat:
        told = {"TELEGRAM_API_BASE": chat.url, "TELEGRAM_BOT_TOKEN": TOKEN}
        allowed = {"TELEGRAM_ALLOWED_CHATS": str(CHAT), "TELEGRAM_ALLOWED_SENDERS": str(SENDER)}
        deployment.spawn("connector", env=deployment.env | told | allowed)
        yield Doors(deployment, live, chat)


DOORS = ("api", "page", "cli", "chat_command", "rq_stop_command")


@pytest.mark.slow
@STREAMS_ONLY
@pytest.mark.parametrize("how", ["hold_gil", pytest.param("listens", marks=pytest.mark.slow)])
def test_every_door_reaches_a_running_handler_within_five_seconds(doors: Doors, how: str) -> None:
    deployment = doors.deployment
    deployment.start("worker", WORKER_CONCURRENCY=str(len(DOORS)), **DEFAULTS)
    if how == "listens":
        deployment.save(
            "long", type="polite.tell", inputs={"work_ms": 300_000, "allow_overlap": True}, timeout_ms=600_000
        )
    else:
        deployment.save("long", type="rude.do", inputs={"how": how, "allow_overlap": True}, timeout_ms=600_000)
    runs = {door: deployment.run("long") for door in DOORS}
    started = {door: wait_until(lambda run=run: deployment.oracle.starts_of(run), 30) for door, run in runs.items()}

    for door, run_id in runs.items():
        getattr(doors, door)(run_id)
        said_at = time.monotonic()
        deployment.wait_for(run_id, "cancelled", timeout=30)
        took = time.monotonic() - said_at
        print(f"{door}: {how} was cancelled {took:.1f} s after it had been said")
        assert took < SOON
        assert not is_alive(started[door][0].pid)
    assert deployment.events("run.cancelled") == len(DOORS)
    assert deployment.dead() == []


@pytest.mark.slow
@STREAMS_ONLY
def test_every_door_cancels_a_waiting_run_at_once(doors: Doors) -> None:
    deployment = doors.deployment
    deployment.save("waits", inputs={"allow_overlap": True})

    for door in ("api", "page", "cli", "chat_command"):
        run_id = deployment.run("waits")
        getattr(doors, door)(run_id)
        assert deployment.wait_for(run_id, "cancelled").attempts == ()


@STREAMS_ONLY
def test_a_run_between_two_attempts_is_cancelled_at_once(deployment: Deployment) -> None:
    deployment.start("worker")
    policy = {"max_retry": 1, "backoff_sec": [600]}
    deployment.save("again", type="oracle.raise", inputs={"how": "failure"}, retry_policy=policy)
    run_id = deployment.run("again")
    deployment.wait_for(run_id, "retrying")

    done = operations.cancel_run(deployment.platform, OPERATOR, run_id)

    assert (done.status, done.run.status) == ("cancelled", "cancelled")
    assert books.run_problems(deployment) == []
