"""Clients that do not take their answer keep no thread from the others; those that take it slowly get it whole."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.api.live import Live, serving

JOBS = 40
"""Of 200 kB each: more together than the system buffers for a connection."""


@pytest.fixture(scope="module")
def narrow(redis_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(redis_server.emptied().url, tmp_path_factory.mktemp("narrow"), "tests.api.narrow") as found:
        yield found


@pytest.fixture(scope="module")
def export_bytes(narrow: Live) -> int:
    """The length of the export."""
    with httpx.Client(base_url=narrow.url) as client:
        for number in range(JOBS):
            inputs = {"url": "http://127.0.0.1/readyz", "method": "POST", "body": "x" * 200_000}
            spec = {"job_id": f"large-{number}", "type": "http.request", "enabled": False, "inputs": inputs}
            assert client.post("/jobs", json=spec).status_code == 201
        return len(client.get("/jobs/export").content)


def reader(port: int) -> socket.socket:
    """Connect with little room for what is not read yet; the system would make it as large as the whole answer."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    connection.settimeout(20)
    connection.connect(("127.0.0.1", port))
    return connection


@pytest.mark.slow
def test_clients_that_do_not_take_their_answer_hold_up_nobody(narrow: Live, export_bytes: int) -> None:
    with ExitStack() as open_ones:
        idle = [open_ones.enter_context(reader(narrow.port)) for _ in range(2)]
        for connection in idle:
            connection.sendall(b"GET /jobs/export HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        begun = [connection.recv(1) for connection in idle]

        alive = httpx.get(f"{narrow.url}/healthz", timeout=20)
        taken = [sum(map(len, iter(lambda of=connection: of.recv(65536), b""))) for connection in idle]

    assert begun == [b"H", b"H"]
    assert alive.status_code == 200
    assert min(taken) < export_bytes, "the server took a thread back before all was taken"


def test_who_takes_a_long_answer_steadily_gets_it_whole(narrow: Live, export_bytes: int) -> None:
    got, pace = 0, threading.Event()
    with httpx.stream("GET", f"{narrow.url}/jobs/export") as answer:
        for piece in answer.iter_raw(256 * 1024):
            got += len(piece)
            pace.wait(0.05)

    assert got == export_bytes
