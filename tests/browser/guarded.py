"""A deployment that asks everybody who they are, and how a person signs in to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page

from tests import servers
from tests.browser.conftest import environment
from tests.planted import PASSWORD, ROLE_TOKENS
from tests.processes import Spawner
from tests.waiting import wait_until


@dataclass(frozen=True, slots=True)
class Guarded:
    """Where it answers; programs ask it as its administrator."""

    url: str
    env: Mapping[str, str]

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, role: str = "admin") -> Any:
        """Return the API's answer."""
        headers = {"Authorization": f"Bearer {ROLE_TOKENS[role]}"}
        answer = httpx.request(method, self.url + path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


def answers(url: str) -> bool:
    """Say whether it is served."""
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def guarded_deployment(
    folder: Path, tokens: Mapping[str, str] = ROLE_TOKENS, processes: Sequence[str] = ("web",)
) -> Iterator[Guarded]:
    """Serve one by these `processes` until the block is left; `tokens` are by role."""
    port, spawner = servers.free_port(), Spawner(folder)
    tokens = {f"AUTH_{role.upper()}_TOKEN": token for role, token in tokens.items()}
    with servers.running(servers.redis_binary()) as server:
        env = environment(folder / "platform", port, REDIS_URL=server.url, AUTH_ENABLED="true", **tokens)
        for process in processes:
            spawner(process, env=env)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(url), 30)
            yield Guarded(url, env)
        finally:
            for spawned in spawner.spawned:
                spawned.kill()


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill in the form and send it."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
