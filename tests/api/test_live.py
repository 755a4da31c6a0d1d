"""What only a real web server shows: bytes on the wire, chunks, streams."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.api.live import Live
from tests.waiting import wait_until

SPEC = {"job_id": "daily", "type": "simulation.heavy", "inputs": {"allow_overlap": True}}


def chunked(parts: int, size: int) -> Iterator[bytes]:
    yield b'{"description":"'
    for _ in range(parts):
        yield b"x" * size
    yield b'"}'


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_chunked_body_is_read(live: Live) -> None:
    answer = httpx.post(f"{live.url}/jobs", content=chunked(2, 10), headers={"Content-Type": "application/json"})

    assert answer.status_code == 422


def test_a_chunked_body_over_the_limit_is_refused(live: Live) -> None:
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in chunked(20, 65536))
    head = b"POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = live.send(head + body + b"0\r\n\r\n")

    assert status(answer) == 413
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET /jobs HTTP/1.1\r\n\r\n",
        b"GET /jobs HTTP/1.0\r\n\r\n",
        b"GET /jobs HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET http://evil.example/jobs HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /jobs HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        b"GET /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"GET /jobs\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /jobs HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
def test_a_broken_request_is_refused(live: Live, head: bytes) -> None:
    answer = live.send(head)

    assert answer == b"" or 400 <= status(answer) < 500


@pytest.mark.parametrize(
    "name", [b"SCRIPT_NAME", b"Script-Name", b"X-Forwarded-Proto", b"X-Forwarded-Prefix", b"PATH_INFO"]
)
def test_no_header_moves_the_app(live: Live, name: bytes) -> None:
    answer = live.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + name + b": /evil\r\n\r\n")

    assert b"evil" not in answer
    assert status(answer) in (302, 400)


def test_answers_name_no_version_of_the_server(live: Live) -> None:
    server = httpx.get(f"{live.url}/healthz").headers.get("Server", "")

    assert not any(character.isdigit() for character in server)


def test_a_stream_tells_events_as_they_happen_and_resumes(live: Live) -> None:
    httpx.post(f"{live.url}/jobs", json=SPEC)
    seen: list[str] = []
    with httpx.stream("GET", f"{live.url}/events", headers={"Accept": "text/event-stream"}, timeout=10) as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("retry:")
        httpx.put(f"{live.url}/jobs/daily/disable")
        seen.append(next(line for line in lines if line.startswith("id:")))
        row = json.loads(next(line for line in lines if line.startswith("data:"))[5:])

    httpx.put(f"{live.url}/jobs/daily/enable")
    resume = {"Accept": "text/event-stream", "Last-Event-ID": seen[0].removeprefix("id: ")}
    with httpx.stream("GET", f"{live.url}/events", headers=resume, timeout=10) as stream:
        missed = next(line for line in stream.iter_lines() if line.startswith("event:"))

    assert stream.headers["Content-Type"].startswith("text/event-stream")
    assert row["type"] == "job.disabled"
    assert seen[0] == f"id: {row['id']}"
    assert missed == "event: job.enabled"


@pytest.mark.parametrize("last", ["x", "-1", "1" * 19, "\u0661".encode().decode("latin-1")])
def test_a_stream_does_not_resume_from_nonsense(live: Live, last: str) -> None:
    headers = {"Accept": "text/event-stream", "Last-Event-ID": last.encode("latin-1")}

    assert httpx.get(f"{live.url}/events", headers=headers).status_code == 400


@pytest.mark.slow
def test_streams_never_take_every_thread(live: Live) -> None:
    streams = [httpx.Client(timeout=10) for _ in range(12)]
    requests = [
        client.build_request("GET", f"{live.url}/events", headers={"Accept": "text/event-stream"}) for client in streams
    ]
    answers = [client.send(request, stream=True) for client, request in zip(streams, requests, strict=True)]

    statuses = [answer.status_code for answer in answers]
    alive = httpx.get(f"{live.url}/healthz").status_code
    for answer, client in zip(answers, streams, strict=True):
        answer.close()
        client.close()

    assert statuses.count(200) <= 8
    assert set(statuses) == {200, 503}
    assert alive == 200
    wait_until(lambda: _opens(live), 20)


def test_fifty_at_once_with_one_key_make_one_run(live: Live) -> None:
    httpx.post(f"{live.url}/jobs", json=SPEC)
    before = int(httpx.get(f"{live.url}/runs?limit=1").headers["X-Total-Count"])

    def ask(_: int) -> int:
        return httpx.post(f"{live.url}/jobs/daily/run", headers={"Idempotency-Key": "storm"}).status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = set(pool.map(ask, range(50)))

    assert statuses <= {200, 409}
    assert int(httpx.get(f"{live.url}/runs?limit=1").headers["X-Total-Count"]) == before + 1


def _opens(live: Live) -> bool:
    with httpx.stream("GET", f"{live.url}/events", headers={"Accept": "text/event-stream"}) as stream:
        return stream.status_code == 200


def test_the_web_process_beats(live: Live) -> None:
    agents = [row for row in httpx.get(f"{live.url}/agents").json() if row["type"] == "web"]

    assert [row["status"] for row in agents] == ["online"]
    assert agents[0]["doing"] == f"serving 127.0.0.1:{live.port}"
