"""A platform on this machine for the tests of `up`: its own folder, its own port, always ended."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socketserver import BaseServer
from typing import TypeVar

import httpx
import pytest
from click.testing import CliRunner, Result

from runners.cli import main
from runners.engine.settings import read
from runners.local.stop import stop
from tests.local.answering import Api
from tests.processes import CHECKOUT
from tests.servers import free_port


@dataclass(frozen=True, slots=True)
class Machine:
    """A working folder with the environment of one platform, and the commands that run in it."""

    folder: Path
    env: dict[str, str]

    @property
    def url(self) -> str:
        """Return where the dashboard listens."""
        return f"http://127.0.0.1:{self.env['PORT']}"

    def multijob(self, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; it may take a minute and a half."""
        return subprocess.run(
            [sys.executable, "-m", "runners.cli", *words],
            cwd=self.folder,
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def get(self, path: str) -> httpx.Response:
        """Ask the web process."""
        return httpx.get(self.url + path, trust_env=False, timeout=10)

    def is_ready(self) -> bool:
        """Say whether the web process answers and the store takes writes."""
        try:
            return self.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def create_and_run(
        self, job_id: str, type: str = "simulation.heavy", inputs: Mapping[str, object] | None = None
    ) -> None:
        """Create a job, a short one unless told another, and run it now."""
        job = {"job_id": job_id, "type": type, "schedule": None, "inputs": inputs or {"work_ms": 100}}
        assert httpx.post(f"{self.url}/jobs", json=job, trust_env=False).status_code == 201
        assert httpx.post(f"{self.url}/jobs/{job_id}/run", trust_env=False).is_success

    def succeeded(self, job_id: str) -> bool:
        """Say whether a run of the job has succeeded."""
        return any(run["status"] == "success" for run in self.get(f"/jobs/{job_id}/runs").json())


@contextmanager
def a_machine(home: Path) -> Iterator[Machine]:
    """Make a folder with a space in its name, in which nothing is configured; end what was started there."""
    folder = home / "a machine"
    folder.mkdir()
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(CHECKOUT), "PORT": str(free_port())}
    env["SHUTDOWN_GRACE"] = "3"
    yield Machine(folder, env)
    stop(read({"DATA_DIR": str(folder / "data"), "SHUTDOWN_GRACE": "3"}))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A folder in which nothing is configured."""
    with a_machine(tmp_path) as made:
        yield made


Answering = TypeVar("Answering", bound=BaseServer)


@contextmanager
def serving(server: Answering) -> Iterator[Answering]:
    """Let a server answer in a thread of its own while the block runs."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def api() -> Iterator[Api]:
    """A server that remembers what it was asked and gives the answer that a test put down."""
    with serving(Api()) as server:
        yield server


@pytest.fixture
def multijob(api: Api, monkeypatch: pytest.MonkeyPatch):
    """The command line, whose server is `api`."""
    monkeypatch.setenv("MULTIJOB_URL", f"http://127.0.0.1:{api.server_port}")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(main, words, input=stdin)

    return run
