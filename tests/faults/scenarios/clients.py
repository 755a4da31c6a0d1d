"""Clients that trickle: they keep no thread of the web from those who ask in earnest."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from tests.faults.client import Told
from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import rounds, schedule_jobs, wait_for_starts

AT_ONCE = 40
"""More than the web has threads."""
BEGUN = (
    b"",
    b"GET /heal",
    b"POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
)


def slow(deployment: Deployment, seconds: float) -> int:
    """Open connections that stop half way, while runs are asked for; counts those that the web ended."""
    schedule_jobs(deployment)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    struck = 0
    for number in rounds(seconds):
        with _trickling(deployment.client.port, BEGUN[number % len(BEGUN)]) as slow_ones:
            for _ in range(10):
                asked = deployment.client.ask("asked-open")
                assert asked.told is Told.ACKNOWLEDGED, f"beside {AT_ONCE} slow clients: {asked.told}"
            struck += sum(map(_is_ended, slow_ones))
    wait_for_starts(deployment, 10)
    return struck


@contextmanager
def _trickling(port: int, begun: bytes) -> Iterator[list[socket.socket]]:
    with ExitStack() as opened:
        found = [opened.enter_context(socket.create_connection(("127.0.0.1", port), 20)) for _ in range(AT_ONCE)]
        for one in found:
            one.sendall(begun)
        yield found


def _is_ended(connection: socket.socket) -> bool:
    """Wait until the web has closed the connection."""
    with suppress(ConnectionResetError):
        while connection.recv(65536):
            pass
    return True
