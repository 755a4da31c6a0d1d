"""An HTTP transport behind the gate for the SDK's client: each request is judged, and connects to what was judged.

Redirects are the SDK's: it follows one only within the origin, so that no secret of a header goes elsewhere, and what it
follows passes here again. No proxy of the environment is used.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio.to_thread
import httpcore2
import httpx
import httpx2

from runners.engine.outgoing.address import Gate, NotReachable, Route, Unresolved
from runners.mcp.limits import Allowance, TooMuch

HEADERS = {"User-Agent": "multijob", "Accept-Encoding": "identity"}
CONNECT_SEC = 10


class GatedTransport(httpx2.AsyncBaseTransport):
    """`said` is the last answer as status and media type; `refused` is why the gate let a request not through, '' else."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self.allowance = Allowance()
        self.said = ""
        self.status = 0
        self.refused = ""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request. Raises httpx2.ConnectError when the gate refuses it or its host has no address."""
        try:
            route = await anyio.to_thread.run_sync(self._admit, str(request.url), abandon_on_cancel=True)
        except Unresolved as fault:
            raise httpx2.ConnectError(str(fault)) from fault
        except NotReachable as fault:
            self.refused = str(fault)
            raise httpx2.ConnectError(self.refused) from fault
        pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context() if request.url.scheme == "https" else None,
            network_backend=_Backend(route),
        )
        try:
            answer = await pool.handle_async_request(_core_request(request))
        except BaseException as fault:
            await pool.aclose()
            if isinstance(fault, httpcore2.NetworkError | httpcore2.ProtocolError | httpcore2.TimeoutException):
                raise httpx2.ConnectError(str(fault) or type(fault).__name__) from fault
            raise
        headers = {name.lower(): value.decode("latin-1") for name, value in answer.headers}
        self._note(answer.status, headers.get(b"content-type", ""))
        body = _Body(answer, pool, self.allowance)
        if headers.get(b"content-encoding", "identity").lower() != "identity":
            await body.aclose()
            raise TooMuch("it sent a compressed answer, which was not asked for and may unfold without a bound")
        return httpx2.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    def _admit(self, url: str) -> Route:
        return self._gate.admit(httpx.URL(url), lambda: None)

    def _note(self, status: int, content_type: str) -> None:
        media = content_type.partition(";")[0].strip()[:60]
        self.status, self.said = status, f"{status} with {media}" if media else str(status)


class _Body(httpx2.AsyncByteStream):
    """The answer's body; closing it closes the connection."""

    def __init__(self, answer: httpcore2.Response, pool: httpcore2.AsyncConnectionPool, allowance: Allowance) -> None:
        self._answer = answer
        self._pool = pool
        self._allowance = allowance

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            self._allowance.take(len(part))
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()
        await self._pool.aclose()


class _Backend(httpcore2.AsyncNetworkBackend):
    """Connects to the judged addresses, whatever the host's name resolves to by now."""

    def __init__(self, route: Route) -> None:
        self._route = route

    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore2.AsyncNetworkStream:
        fault: Exception = httpcore2.ConnectError("no address")
        for address in self._route.addresses:
            try:
                return await httpcore2.AnyIOBackend().connect_tcp(str(address), self._route.port, timeout=CONNECT_SEC)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                fault = error
        raise fault


def _core_request(request: httpx2.Request) -> httpcore2.Request:
    url = request.url
    target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return httpcore2.Request(request.method, target, headers=request.headers.raw, content=request.stream)
