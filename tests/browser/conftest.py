"""A whole deployment, and a real browser that reports whatever it should not have seen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests import servers
from tests.planted import SECRET_KEY
from tests.processes import Spawner
from tests.waiting import wait_until

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
COMMAND = "python3 -uc"
"""What commands may run here: any program of Python, unbuffered."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A server, a web process, a scheduler and a worker; `url` is where the dashboard answers."""

    url: str

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send JSON to the API and return its answer."""
        answer = httpx.post(self.url + path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        """Return the API's answer."""
        answer = httpx.get(self.url + path)
        assert answer.is_success, answer.text
        return answer.json()

    def save(self, job_id: str, **spec: Any) -> None:
        """Save a job that does nearly nothing, unless `spec` says otherwise."""
        self.post("/jobs", {"job_id": job_id, "type": "simulation.heavy", "inputs": {"work_ms": 100}, **spec})

    def run(self, job_id: str) -> str:
        """Start a run and return its id."""
        return str(self.post(f"/jobs/{job_id}/run")["run_id"])

    def ended(self, run_id: str) -> dict[str, Any]:
        """Return the run once it has ended."""

        def final() -> Any:
            run = self.get(f"/runs/{run_id}")
            return run if run["status"] in ("success", "failed", "cancelled") else None

        found: dict[str, Any] = wait_until(final, 20)
        return found


@dataclass(slots=True)
class Watched:
    """A page of the browser, and what went wrong on it. `expected` are texts of faults that the test is about."""

    page: Page
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def unexpected(self) -> list[str]:
        """Return the faults that the test is not about."""
        return [fault for fault in self.faults if not any(text in fault for text in self.expected)]


def answers(url: str) -> bool:
    """Say whether the dashboard is served."""
    try:
        return httpx.get(url + "/ui").status_code == 200
    except httpx.TransportError:
        return False


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    """Return the environment of a process of the platform."""
    return {"DATA_DIR": str(folder), "SECRET_KEY": SECRET_KEY, "PORT": str(port), **more}


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A deployment of its own, so that no other test empties its server; tests use job ids of their own."""
    folder, port = tmp_path_factory.mktemp("deployment"), servers.free_port()
    spawner = Spawner(folder)
    with servers.running(servers.redis_binary()) as server:
        env = environment(folder / "platform", port, REDIS_URL=server.url, AGENT_COMMAND_ALLOW_PREFIXES=COMMAND)
        for process in ("web", "scheduler", "worker"):
            spawner(process, env=env)
        url = f"http://127.0.0.1:{port}"
        try:
            wait_until(lambda: answers(url), 30)
            yield Deployment(url)
        finally:
            for spawned in spawner.spawned:
                spawned.kill()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def chromium_binary() -> str:
    """Return the browser of this machine; one without any fails the tests instead of skipping them."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found, "no chromium is on the PATH; install it, for example: apt-get install chromium"
    return found


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_binary(), args=SWITCHES)
    yield browser
    browser.close()


Opener = Callable[..., Watched]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Opener]:
    """Open pages, as `open_page(url, java_script_enabled=False)`; afterwards nothing may have gone wrong on any."""
    opened: list[tuple[BrowserContext, Watched]] = []

    def open_one(url: str, expected: tuple[str, ...] = (), **options: Any) -> Watched:
        context = chromium.new_context(**options)
        watched = Watched(context.new_page(), expected=list(expected))
        opened.append((context, watched))
        _watch(watched, urlsplit(url).netloc)
        watched.page.goto(url)
        return watched

    yield open_one
    for context, _ in opened:
        context.close()
    assert [fault for _, watched in opened for fault in watched.unexpected()] == []


def _watch(watched: Watched, host: str) -> None:
    """Note errors, warnings (a breach of the content policy is one), and every request to another host."""
    page = watched.page
    page.on("pageerror", lambda error: watched.faults.append(f"error: {error}"))
    page.on("console", lambda said: said.type in ("error", "warning") and watched.faults.append(said.text))
    page.on("request", lambda sent: urlsplit(sent.url).netloc != host and watched.faults.append(f"left for {sent.url}"))
