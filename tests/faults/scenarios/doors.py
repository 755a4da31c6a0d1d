"""The processes at the doors die: the web in the middle of a POST, the connector in the middle of an update."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.connector import bot_api
from tests.connector.bot_api import CHAT, SENDER, TOKEN, BotApi
from tests.faults.client import Client
from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import rounds, schedule_jobs, wait_for_starts
from tests.processes import Spawned
from tests.waiting import wait_until

ASKERS = 4
ANSWERED_BY_NOW_SEC = 0.05
"""What was answered before the web was stopped has reached its client after this long."""


def web_killed(deployment: Deployment, seconds: float) -> int:
    """kill -9 the web, or only the process that serves, while it has taken a POST and not answered it.

    Whether the run exists is then anybody's guess; asked for again with its key, it exists once.
    """
    schedule_jobs(deployment)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    struck = 0
    with asking(deployment):
        for number in rounds(seconds):
            wait_until(lambda: deployment.client.send("GET", "/healthz"), 30)
            struck += kill_in_a_post(deployment, deployment.client, whole=number % 2 == 0)
            if not deployment.alive("web"):
                deployment.start("web")
    wait_for_starts(deployment, 20)
    return struck


@contextmanager
def asking(deployment: Deployment) -> Iterator[None]:
    """Let some clients ask for runs one after the other while the block runs."""
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.01):
            deployment.client.ask("asked-open")

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(ASKERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


def kill_in_a_post(deployment: Deployment, client: Client, *, whole: bool) -> int:
    """Stop the web, see whether a POST of the client that came before is unanswered, and kill it then; 1 if so."""
    web = deployment.alive("web")[0]
    serving = _children(web.process.pid)
    for _ in rounds(5.0):
        wait_until(lambda: client.posting)
        os.killpg(web.process.pid, signal.SIGSTOP)
        stopped_at = time.monotonic()
        wait_until(lambda since=stopped_at: time.monotonic() > since + ANSWERED_BY_NOW_SEC)
        if any(sent_at < stopped_at for sent_at in list(client.posting.values())):
            _kill(deployment, web, serving, whole=whole)
            return 1
        os.killpg(web.process.pid, signal.SIGCONT)
    return 0


def _kill(deployment: Deployment, web: Spawned, serving: list[int], *, whole: bool) -> None:
    if whole:
        deployment.kill(web)
        return
    for pid in serving:
        os.kill(pid, signal.SIGKILL)
    os.killpg(web.process.pid, signal.SIGCONT)  # its master starts another


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def connector_killed(deployment: Deployment, seconds: float) -> int:
    """kill -9 the connector while it handles an update: before its reply is out, and after it, before it is noted as done.

    Every update is answered in the end; one that was in its hands may be answered twice, and none after it is lost.
    """
    schedule_jobs(deployment)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    deployment.kill(deployment.alive("connector")[0])
    struck = 0
    with bot_api.running() as api:
        for number in rounds(seconds):
            connector = deployment.start("connector", **_account(api))
            _kill_in_an_update(deployment, api, connector, f"/bang{number}", told=number % 2 == 1)
            struck += 1
        deployment.start("connector", **_account(api))
        api.say("/last")
        wait_until(lambda: any(text.startswith("/last ") for text in api.texts), 60)
        lost = [number for number in range(struck) if not any(text.startswith(f"/bang{number} ") for text in api.texts)]
        assert not lost, f"updates {lost} of {struck} were never answered: {api.texts}"
    return struck


def _account(api: BotApi) -> dict[str, str]:
    who = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_ALLOWED_CHATS": str(CHAT), "TELEGRAM_ALLOWED_SENDERS": str(SENDER)}
    return who | {"TELEGRAM_API_BASE": api.url}


def _kill_in_an_update(deployment: Deployment, api: BotApi, connector: Spawned, text: str, *, told: bool) -> None:
    """Say something, and kill the connector inside its call that sends the reply; `told` lets the reply through first."""
    struck = threading.Event()

    def strike(keep: Callable[[], object]) -> None:
        api.on_send = None
        if told:
            keep()
        deployment.kill(connector)
        struck.set()

    api.on_send = strike
    api.say(text)
    wait_until(struck.is_set, 30)
