"""A whole deployment with canaries in every secret, and hands that try everything that could bring one to light."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests import servers
from tests.canary.planting import Canaries, environment, titles
from tests.connector import bot_api
from tests.faults.server import FaultServer
from tests.handlers.server import Site
from tests.processes import CHECKOUT, Spawner
from tests.waiting import wait_until

ENTRY_POINTS = """[multijob.handlers]
apart = tests.canary.leaking_handlers:apart
inside = tests.canary.leaking_handlers:inside
"""
METADATA = "Metadata-Version: 2.1\nName: leaking-handlers\nVersion: 1.0\n"
REFERENCE = "{{secret:crm/main/api_key}}"
HREF = re.compile(r'(?:href|hx-get)="(/ui[^"#]*)"')
START_SEC = 60


@dataclass
class Stage:
    """`base` is the web process; every answer that is ever had from it is searched."""

    canaries: Canaries
    server: FaultServer
    folder: Path
    base: str
    spawner: Spawner
    env: dict[str, str]
    asked: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def ask(
        self, method: str, path: str, role: str | None = "ADMIN", body: Any = None, **headers: str
    ) -> httpx.Response:
        """Send a request as the role's token, None for nobody, and search its answer."""
        token = self.canaries.planted.get(role or "", role or "")
        sent = {"Authorization": f"Bearer {token}"} if role else {}
        answer = httpx.request(method, f"{self.base}{path}", json=body, headers=sent | headers, timeout=30)
        self._search(f"{method} {path} as {role}", answer)
        assert answer.status_code != 500, f"{method} {path} as {role}: {answer.text}"
        return answer

    def must(self, method: str, path: str, body: Any = None, role: str = "ADMIN") -> Any:
        """Send a request that has to succeed, and return its JSON."""
        answer = self.ask(method, path, role, body)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def run(self, job_id: str, type: str, inputs: dict[str, Any], retries: int = 0) -> dict[str, Any]:
        """Make a job, run it, wait for its end, and return the run with all that belongs to it searched."""
        policy = {"max_retry": retries, "backoff_sec": [0]}
        self.must(
            "POST", "/jobs", {"job_id": job_id, "type": type, "inputs": inputs, "retry_policy": policy}, "OPERATOR"
        )
        run_id = self.must("POST", f"/jobs/{job_id}/run", {}, "OPERATOR")["run_id"]
        path = f"/runs/{run_id}"
        ends = ("success", "failed", "cancelled")
        wait_until(lambda: self.must("GET", path)["status"] in ends, 60, every=0.1)
        for part in ("", "/events", "/logs"):
            self.ask("GET", f"{path}{part}")
        found: dict[str, Any] = self.must("GET", path)
        return found

    def every_route(self, arguments: Mapping[str, str], methods: tuple[str, ...]) -> None:
        """Send every route of these methods as every role, with and without a body."""
        paths = self.must("GET", "/openapi.json")["paths"]
        for path, operations in sorted(paths.items()):
            filled = re.sub(r"\{(\w+)\}", lambda name: arguments.get(name[1], "x"), path)
            for method in sorted(set(operations) & set(methods)):
                for role in ("ADMIN", "OPERATOR", "VIEWER", "AUTH_API_KEYS", "no-such-token-at-all-12345", None):
                    body = None if method == "get" else {}
                    self.ask(method.upper(), filled, role, body)
                    self.asked += 1

    def every_page(self, most: int = 80) -> int:
        """Sign in as the administrator and open whatever pages lead to; return how many that were."""
        with httpx.Client(base_url=self.base, timeout=30) as browser:
            browser.headers.update({"Sec-Fetch-Site": "same-origin", "Origin": self.base})
            form = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/ui/sign-in").text)
            assert form
            browser.post("/ui/sign-in", data={"csrf_token": form[1], "token": self.canaries.planted["ADMIN"]})
            seen, waiting = {"/ui"}, ["/ui"]
            while waiting and len(seen) < most:
                answer = browser.get(waiting.pop(0))
                assert answer.status_code != 500, f"{answer.url}: {answer.text}"
                self._search(f"page {answer.url.path}", answer)
                fresh = {found.replace("&amp;", "&") for found in HREF.findall(answer.text)} - seen
                seen |= fresh
                waiting += sorted(fresh)
        return len(seen)

    def _search(self, where: str, answer: httpx.Response) -> None:
        self.canaries.search(where, answer.content)
        self.canaries.search(f"headers of {where}", json.dumps(dict(answer.headers)))


@contextmanager
def staged(folder: Path, api: bot_api.BotApi, site: Site, **more: str) -> Iterator[Stage]:
    """Start everything; `more` are settings of the worker alone. What it wrote into files can be read after the block."""
    canaries = Canaries()
    server = FaultServer(servers.redis_binary(), folder)
    server.start()
    password = canaries.plant("REDIS_PASSWORD")
    with server.client() as client:
        client.config_set("requirepass", password)
    distribution, program, port = _installed(folder), _leaking(folder), servers.free_port()
    env = (
        environment(canaries, folder)
        | _at_work(folder, program)
        | {
            "REDIS_URL": f"redis://:{password}@127.0.0.1:{server.port}/0",
            "PYTHONPATH": f"{distribution}:{CHECKOUT}",
            "PORT": str(port),
            "TELEGRAM_API_BASE": api.url,
            "TELEGRAM_ALLOWED_CHATS": str(bot_api.CHAT),
            "TELEGRAM_ALLOWED_SENDERS": str(bot_api.SENDER),
            "HTTP_ALLOW_PRIVATE": f"127.0.0.1:{site.port}",
        }
    )
    spawner = Spawner(folder)
    stage = Stage(canaries, server, folder, f"http://127.0.0.1:{port}", spawner, env)
    watching = threading.Thread(target=_watch_titles, args=(stage,))
    try:
        for kind in ("web", "scheduler", "worker", "connector"):
            spawner(kind, env=env | (more if kind == "worker" else {}))
        wait_until(lambda: _is_complete(stage), START_SEC, every=0.2)
        watching.start()
        yield stage
    finally:
        stage.over.set()
        for spawned in spawner.spawned:
            spawned.process.terminate()
        for spawned in spawner.spawned:
            spawned.kill()
        server.kill()
        if watching.ident:
            watching.join()


def _at_work(folder: Path, program: Path) -> dict[str, str]:
    """Return the settings that let the program run, and everything soon."""
    return {
        "AGENT_COMMAND_ALLOW_PREFIXES": f"{program}",
        "AGENT_COMMAND_ALLOWED_ROOTS": str(folder),
        "AGENT_COMMAND_ALLOW_ENV": "API_TOKEN",
        "SCHEDULER_TICK_SEC": "0.1",
        "REAPER_TICK_SEC": "0.2",
        "LOG_FORMAT": "json",
    }


def _leaking(folder: Path) -> Path:
    """Make a program that says whatever it reads, in several ways."""
    program = folder / "leak.sh"
    program.write_text(
        '#!/bin/sh\nread -r secret\nprintf %s "$secret"; echo; echo "$secret" | base64; echo "no: $secret" >&2; exit 3\n'
    )
    program.chmod(0o755)
    return program


def _installed(folder: Path) -> Path:
    about = folder / "distribution" / "leaking_handlers-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(METADATA)
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    return about.parent


def _is_complete(stage: Stage) -> bool:
    ended = [one.text() for one in stage.spawner.spawned if one.process.poll() is not None]
    assert not ended, ended
    try:
        ready = stage.ask("GET", "/readyz")
    except httpx.TransportError:
        return False
    return ready.status_code == 200 and ready.json()["scheduler"] == "online" and ready.json()["workers"] == 1


def _watch_titles(stage: Stage) -> None:
    """Look at every process title of the machine, again and again, while runs go on."""
    while not stage.over.wait(0.05):
        stage.canaries.search("a process title", "\0".join(titles()))
