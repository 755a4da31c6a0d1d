"""An httpx transport behind the gate: for every client that sends to an address somebody else chose.

Each request, redirects included, is admitted by the gate and connects to exactly the addresses that were judged. All
waiting goes on in short steps between which `check` is called: what it raises (cancel, deadline) ends the request, however
slowly the other side drips. No proxy of the environment is used, as it would resolve the name a second time.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpcore
import httpx

from runners.engine.outgoing.address import Gate, Route

STEP_SEC = 0.25
# Connecting, a TLS handshake and one small write cannot be cut into steps; so a cancel is heard within five seconds.
STALL_SEC = 4.0
PIECE_BYTES = 4096


class GuardedTransport(httpx.BaseTransport):
    """One connection per request; `check` alone bounds the time, httpx's own timeouts are not used."""

    def __init__(self, gate: Gate, check: Callable[[], None]) -> None:
        """`check` raises to end a request; it is called at least every few seconds."""
        self._gate = gate
        self._check = check

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises NotReachable, httpx.TransportError, or what `check` raises."""
        route = self._gate.admit(request.url, self._check)
        trusted = ssl_context() if request.url.scheme == "https" else None
        pool = httpcore.ConnectionPool(ssl_context=trusted, network_backend=_Backend(route, self._check))
        try:
            with httpx_errors():
                answer = pool.handle_request(core_request(request))
        except BaseException:
            pool.close()
            raise
        body = _Body(answer, pool)
        return httpx.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)


class _Body(httpx.SyncByteStream):
    """The answer's body; closing it closes the connection."""

    def __init__(self, answer: httpcore.Response, pool: httpcore.ConnectionPool) -> None:
        self._answer = answer
        self._pool = pool

    def __iter__(self) -> Iterator[bytes]:
        with httpx_errors():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
        self._pool.close()


class _Backend(httpcore.NetworkBackend):
    """Connects to the judged addresses, whatever the host's name resolves to by now."""

    def __init__(self, route: Route, check: Callable[[], None]) -> None:
        self._route = route
        self._check = check

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        fault: Exception = httpcore.ConnectError("no address")
        for address in self._route.addresses:
            self._check()
            try:
                stream = httpcore.SyncBackend().connect_tcp(str(address), self._route.port, timeout=STALL_SEC)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return _Stream(stream, self._check)
        raise fault


class _Stream(httpcore.NetworkStream):
    """A stream that asks `check` between short waits."""

    def __init__(self, stream: httpcore.NetworkStream, check: Callable[[], None]) -> None:
        self._stream = stream
        self._check = check

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            self._check()
            try:
                return self._stream.read(max_bytes, timeout=STEP_SEC)
            except httpcore.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE_BYTES):
            self._check()
            self._stream.write(buffer[start : start + PIECE_BYTES], timeout=STALL_SEC)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout=STALL_SEC), self._check)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def core_request(request: httpx.Request) -> httpcore.Request:
    """Return the request as httpcore has it."""
    url = request.url
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    kept = {"timeout": request.extensions.get("timeout", {})}
    return httpcore.Request(
        request.method, target, headers=request.headers.raw, content=request.stream, extensions=kept
    )


@cache
def ssl_context() -> ssl.SSLContext:
    """Return what decides whom to trust, made once: it takes a while."""
    return httpx.create_ssl_context()


@contextmanager
def httpx_errors() -> Iterator[None]:
    """Give clients the errors of httpx that they know, without the URL in their text."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException(str(error) or "the other side stalls") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise httpx.TransportError(str(error) or type(error).__name__) from error
