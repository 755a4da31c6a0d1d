"""A server that a test may kill, freeze, fill and start again on the same port with the same records."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tests.servers import Server, answers, free_port
from tests.waiting import wait_until

START_SEC = 60.0
DURABLE = ("--appendonly", "yes", "--appendfsync", "no", "--save", "", "--maxmemory-policy", "noeviction")
"""What a crash keeps and only a power loss may lose: written before each answer. With `everysec` a server answers before it
has written, for up to two seconds while an fsync is under way, and a crash loses that (measured, on a busy disk)."""


@dataclass(slots=True)
class FaultServer:
    """One redis-server (or Valkey) in `folder`, with an append-only file; `start` brings back what it had.

    `env` is added to its environment.
    """

    binary: str
    folder: Path
    options: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    config: Path | None = None

    @property
    def url(self) -> str:
        """Its TCP address: a proxy or a cut connection is part of some faults."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it has read its records."""
        self.begin()
        wait_until(self._serves, START_SEC)

    def begin(self) -> None:
        """Start it, and leave it reading its records."""
        place = ["--dir", str(self.folder), "--bind", "127.0.0.1", "--port", str(self.port)]
        with (self.folder / "server.log").open("ab") as log:
            command = [self.binary, *place, *DURABLE, *self.options]
            command = [self.binary, str(self.config), "--sentinel"] if self.config else command
            self.process = subprocess.Popen(command, env=os.environ | dict(self.env), stdout=log, stderr=log)

    def client(self) -> redis.Redis:
        """Return a client that decodes replies; the caller closes it."""
        return redis.Redis.from_url(self.url, decode_responses=True, protocol=2)

    def kill(self) -> None:
        """End it as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def freeze(self) -> None:
        """Stop it without closing a connection: nobody is answered."""
        os.kill(self._pid(), signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self._pid(), signal.SIGCONT)

    def _serves(self) -> bool:
        """Say whether it answers; another program may have taken its port while it was down."""
        assert self.process is not None and self.process.poll() is None, "it ended at once; its server.log says why"
        return answers(Server(self.url, self.url, self.folder, self._pid()))

    def _pid(self) -> int:
        assert self.process is not None, "the server was never started"
        return self.process.pid
