"""The same transport for clients that run in an event loop: each request is judged, and connects to what was judged.

Time is bounded by httpx's own timeouts, and by the task, which can be cancelled at any moment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import anyio.to_thread
import httpcore
import httpx

from runners.engine.outgoing.address import Gate, NotReachable, Route
from runners.engine.outgoing.transport import core_request, httpx_errors, ssl_context


class AsyncGuardedTransport(httpx.AsyncBaseTransport):
    """One connection per request, none of them through a proxy."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises httpx.ConnectError when the gate refuses it, and httpx.TransportError."""
        try:
            route = await anyio.to_thread.run_sync(self._admit, request.url, abandon_on_cancel=True)
        except NotReachable as refusal:
            raise httpx.ConnectError(str(refusal)) from refusal
        trusted = ssl_context() if request.url.scheme == "https" else None
        pool = httpcore.AsyncConnectionPool(ssl_context=trusted, network_backend=_Backend(route))
        try:
            with httpx_errors():
                answer = await pool.handle_async_request(core_request(request))
        except BaseException:
            await pool.aclose()
            raise
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer, pool))

    def _admit(self, url: httpx.URL) -> Route:
        return self._gate.admit(url, lambda: None)


class _Body(httpx.AsyncByteStream):
    """The answer's body; closing it closes the connection."""

    def __init__(self, answer: httpcore.Response, pool: httpcore.AsyncConnectionPool) -> None:
        self._answer = answer
        self._pool = pool

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with httpx_errors():
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()
        await self._pool.aclose()


class _Backend(httpcore.AsyncNetworkBackend):
    """Connects to the judged addresses, whatever the host's name resolves to by now."""

    def __init__(self, route: Route) -> None:
        self._route = route

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        fault: Exception = httpcore.ConnectError("no address")
        for address in self._route.addresses:
            try:
                return await httpcore.AnyIOBackend().connect_tcp(str(address), self._route.port, timeout=timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
        raise fault
