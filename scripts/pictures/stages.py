"""Deployments to be pictured: an empty one, the shop at work, and the shop whose processes have died."""

from __future__ import annotations

import secrets
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from runners.engine import settings
from runners.engine.platform import Platform, open_platform
from runners.examining import Examining
from tests import servers
from tests.processes import Spawner
from tests.seeding.play import Play
from tests.seeding.story import lived, present
from tests.waiting import wait_until

STATES = ("empty", "full", "failing")
PEOPLE = {
    f"POST /people#{name}": {"name": name, "role": role}
    for name, role in {"ana": "admin", "budi": "admin", "sari": "operator", "tono": "viewer"}.items()
}
KEPT = {
    "PUT /integrations/accounts/openai/main": {"label": "Product texts", "secrets": {"api_key": "sk-0123456789abcdef"}},
    "PUT /integrations/accounts/supabase/shop": {
        "label": "The shop's tables",
        "base_url": "https://shop.example.com",
        "secrets": {"api_key": "service-0123456789"},
    },
    "PUT /integrations/mcp/servers/stock": {
        "label": "Stock of the warehouses",
        "transport": "http",
        "url": "https://stock.example.com/mcp",
        "headers": {"Authorization": "Bearer 0123456789abcdef"},
    },
    "PUT /connector/telegram/accounts/ops": {"label": "Operations", "allowed_chats": [71]},
    "PUT /connector/slack/accounts/shop": {
        "label": "The shop's workspace",
        "signing_secret": "8f14e45fceea167a5a36dedd4bea2543",
        "team": "T024BE7LD",
        "allowed_chats": ["C061EG9SL"],
    },
    "POST /automation/agent-workflow#prices": {
        "job_id": "watch-prices",
        "template": "scrap_pipeline",
        "prompt": "Read the prices of the three shops and note what changed.",
        "enabled": False,
    },
    "PUT /notifications/rules/night": {
        "description": "What fails at night, to whoever is on call",
        "events": ["run.failed", "run.lost"],
        "channel": "webhook",
        "webhook": {"url": "https://hooks.example.com/services/night"},
    },
    "POST /tokens": {"name": "ci", "role": "operator"},
}
"""What the shop keeps beside its jobs, by how it is made."""
EVERY_SEC = 1.0
LASTING = ("--appendonly", "yes", "--appendfsync", "everysec")


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a deployment answers, and how to come in: as ana, an admin, by this password."""

    url: str
    token: str
    password: str

    def get(self, path: str) -> list[dict[str, str]]:
        """Return a list of the API."""
        answer = httpx.get(self.url + path, headers={"Authorization": f"Bearer {self.token}"})
        answer.raise_for_status()
        return list(answer.json())


@contextmanager
def staged(state: str) -> Iterator[Stage]:
    """Serve a deployment in this state until the block is left."""
    token, port = secrets.token_hex(24), servers.free_port()
    with (
        tempfile.TemporaryDirectory(prefix="mj-pictures-") as name,
        servers.running(servers.valkey_binary(), LASTING) as server,
    ):
        folder = Path(name)
        env = {"REDIS_URL": server.url, "DATA_DIR": f"{name}/data", "PORT": str(port), "AUTH_ENABLED": "true"}
        env |= {"AUTH_ADMIN_TOKEN": token, "SECRET_KEY": secrets.token_hex(24), "AUDIT_KEYS": secrets.token_hex(24)}
        with playing(open_platform(settings.read(env)), state):
            spawner = Spawner(folder)
            web = spawner("web", env=env)
            try:
                stage = Stage(f"http://127.0.0.1:{port}", token, secrets.token_urlsafe(18))
                wait_until(lambda: _answers(stage.url), 60)
                _put(stage, PEOPLE)
                if state != "empty":
                    _put(stage, KEPT)
                yield stage
            finally:
                web.process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    web.process.wait(20)
                web.kill()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def _put(stage: Stage, things: Mapping[str, Any]) -> None:
    """Make each thing at its address; people get the stage's password."""
    for place, said in things.items():
        known = {"password": stage.password} if place.startswith("POST /people") else {}
        method, _, address = place.partition(" ")
        headers = {"Authorization": f"Bearer {stage.token}"}
        answer = httpx.request(method, stage.url + address.partition("#")[0], json=said | known, headers=headers)
        answer.raise_for_status()


@contextmanager
def playing(platform: Platform, state: str) -> Iterator[None]:
    """Give the deployment its past, and go on playing scheduler and workers; in the failing state they died a while ago."""
    past = timedelta(minutes=12) if state == "failing" else timedelta()
    try:
        if state == "empty":
            yield
            return
        play = lived(platform, datetime.now(UTC) - past)
        present(play)
        if state == "failing":
            yield
            return
        with _going_on(play):
            yield
    finally:
        for client in (platform.store.redis, platform.store.rq_redis):
            client.connection_pool.disconnect()


@contextmanager
def _going_on(play: Play) -> Iterator[None]:
    ending, examining = threading.Event(), Examining(play.platform, "scheduler-batch-01-4101")

    def go_on() -> None:
        while not ending.is_set():
            began = time.monotonic()
            play.step(datetime.now(UTC))
            present(play)
            examining.step()
            ending.wait(max(0.0, EVERY_SEC - (time.monotonic() - began)))

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
