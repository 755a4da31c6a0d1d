"""A real gunicorn that serves the app, ended by its pid."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.servers import free_port
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Live:
    """Where the server listens, and the file that it logs to."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self.port}"

    def send(self, request: bytes, timeout: float = 10) -> bytes:
        """Send raw bytes and return all that comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@contextmanager
def serving(redis_url: str, folder: Path, config: str = "runners.web", **settings: str) -> Iterator[Live]:
    """Serve until the block ends, with the settings of the module `config` and these variables of the environment."""
    live = Live(free_port(), folder / "web.log")
    settled = {"REDIS_URL": redis_url, "DATA_DIR": str(folder), "PORT": str(live.port), "MEMORY_FALLBACK": "never"}
    command = [sys.executable, "-m", "gunicorn", "--config", f"python:{config}", "wsgi:app"]
    with live.log.open("wb") as log:
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **settled, **settings}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        wait_until(lambda: _answers(live), 60)
        yield live
    finally:
        process.terminate()
        process.wait(30)


def _answers(live: Live) -> bool:
    try:
        return httpx.get(f"{live.url}/healthz").status_code == 200
    except httpx.TransportError:
        return False
