"""A request that the web server cannot read is refused like every other: as a problem, with all headers."""

import json
from email.parser import BytesParser

import pytest

from tests.api.live import Live
from webapp.security import HEADERS

HOST = b"Host: localhost\r\n"
UNREADABLE = {
    "no method": (b"get /jobs HTTP/1.1\r\n" + HOST, 400),
    "blank in the path": (b"GET /jobs/a b HTTP/1.1\r\n" + HOST, 400),
    "another version": (b"GET /jobs HTTP/9.9\r\n" + HOST, 400),
    "bytes in the path": (b"GET /jobs/\xff HTTP/1.1\r\n" + HOST, 400),
    "markup": (b"GET /<script>alert(1)</script> x HTTP/1.1\r\n" + HOST, 400),
    "folded header": (b"GET /jobs HTTP/1.1\r\nX: a\r\n b\r\n" + HOST, 400),
    "control in a header": (b"GET /jobs HTTP/1.1\r\nX: a\0b\r\n" + HOST, 400),
    "two hosts": (b"GET /jobs HTTP/1.1\r\nHost: other\r\n" + HOST, 400),
    "two lengths": (b"POST /jobs HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n" + HOST, 400),
    "long line": (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST, 414),
    "expectation": (b"POST /jobs HTTP/1.1\r\nExpect: gold\r\n" + HOST, 417),
    "long header": (b"GET /jobs HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n" + HOST, 431),
    "many headers": (b"GET /jobs HTTP/1.1\r\n" + b"".join(b"X%d: 1\r\n" % at for at in range(150)) + HOST, 431),
    "unknown coding": (b"POST /jobs HTTP/1.1\r\nTransfer-Encoding: gold\r\n" + HOST, 501),
}


@pytest.mark.parametrize(("request_bytes", "status"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_a_problem_with_all_headers(live: Live, request_bytes: bytes, status: int) -> None:
    head, body = live.send(request_bytes + b"\r\n").split(b"\r\n\r\n", 1)
    line, _, fields = head.partition(b"\r\n")
    headers = BytesParser().parsebytes(fields)

    assert line.startswith(b"HTTP/1.1 %d " % status)
    assert headers["Content-Type"] == "application/problem+json"
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert len(headers["X-Request-ID"]) == 32
    assert json.loads(body)["status"] == status
    assert json.loads(body)["detail"].startswith("the request cannot be read: ")


def test_nothing_of_a_header_that_cannot_be_read_is_repeated_or_logged(live: Live) -> None:
    request = b"GET /jobs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer canary-5d1e\x01\r\n\r\n"

    answer = live.send(request)

    assert answer.startswith(b"HTTP/1.1 400") and b"canary" not in answer
    assert b"canary" not in live.log.read_bytes()
