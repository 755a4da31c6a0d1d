"""Clients that never finish a request keep no thread from the others, and unread bodies end their connection."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.api.live import Live, serving

HEAD = b"POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HALF_BODY = HEAD + b"Content-Length: 100\r\n\r\n{"
HALF_CHUNK = HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def hasty(redis_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(redis_server.url, tmp_path_factory.mktemp("hasty"), "tests.api.hasty") as found:
        yield found


def answer_on(connection: socket.socket) -> bytes:
    """Return all that comes until the server closes."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("begun", "answered"),
    [(b"", b""), (b"GET /heal", b""), (HEAD, b""), (HALF_BODY, b"HTTP/1.1 408"), (HALF_CHUNK, b"HTTP/1.1 408")],
)
def test_forty_that_stop_half_way_hold_up_nobody(hasty: Live, begun: bytes, answered: bytes) -> None:
    with ExitStack() as open_ones:
        slow = [
            open_ones.enter_context(socket.create_connection(("127.0.0.1", hasty.port), timeout=10)) for _ in range(40)
        ]
        for connection in slow:
            connection.sendall(begun)

        alive = httpx.get(f"{hasty.url}/healthz", timeout=5)
        answers = [answer_on(connection) for connection in slow]

    assert alive.status_code == 200
    assert {answer[: len(b"HTTP/1.1 408")] for answer in answers} == {answered}


@pytest.mark.parametrize("chunks", [b"zz\r\n", b"-5\r\n", b"5\r\n{}xxx!!", b"2\r\n{}\r\n\r\n"])
def test_chunks_that_cannot_be_read_are_a_bad_request(hasty: Live, chunks: bytes) -> None:
    answer = hasty.send(CHUNKED + chunks)

    assert answer.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in answer
    assert b"Connection: close" in answer


def test_what_came_of_a_body_that_breaks_off_is_not_taken_for_the_whole(hasty: Live) -> None:
    whole = b"- job_id: half\n  type: simulation.heavy\n  inputs:\n    work_ms: 1000\n"
    head = b"POST /jobs/import HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/yaml\r\n"

    answer = hasty.send(head + b"Content-Length: %d\r\n\r\n" % len(whole) + whole[:-2])

    assert answer.startswith(b"HTTP/1.1 408")
    assert httpx.get(f"{hasty.url}/jobs/half").status_code == 404


def test_a_body_that_is_not_read_ends_its_connection(hasty: Live) -> None:
    with socket.create_connection(("127.0.0.1", hasty.port), timeout=10) as connection:
        connection.sendall(HEAD + b"Content-Length: 9999999\r\n\r\n")

        answer = answer_on(connection)

    assert answer.startswith(b"HTTP/1.1 413")
    assert b"Connection: close" in answer


def test_a_short_request_keeps_its_connection(hasty: Live) -> None:
    with httpx.Client(base_url=hasty.url) as client:
        answers = [client.post("/jobs", json={}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert {answer.headers["Connection"] for answer in answers} == {"keep-alive"}
