"""The one gate for everything that sends out: where this server may connect to.

A URL is admitted when it is http(s) and every address its host resolves to is a public one, or is allowed by
HTTP_ALLOW_PRIVATE. Addresses are compared, never strings, so that `0x7f.1`, `2130706433` and `::ffff:127.0.0.1` are what
they are. The caller connects to the addresses that were judged, so that a second answer of the name server changes nothing.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

import httpx

from runners.engine.errors import MultijobError
from runners.engine.outgoing.networks import Address, effective, is_public
from runners.engine.settings.exemption import Exemption, canonical

if TYPE_CHECKING:
    from runners.engine.settings import Settings

Resolve = Callable[[bytes, int], list[Address]]

PORTS = {"http": 80, "https": 443}
HEALTH_PATHS = (b"/readyz", b"/healthz")
POLL_SEC = 0.25


class NotReachable(MultijobError):
    """The URL leads nowhere that this server may send to."""


class Unresolved(NotReachable):
    """The URL's host has no address: nobody forbids it, and it cannot be reached."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request may go: the judged addresses, in the order in which to try them."""

    addresses: tuple[Address, ...]
    port: int


@dataclass(frozen=True, slots=True)
class Gate:
    """What this server may reach beyond public addresses: the exemptions, and its own health page on `own_port`."""

    exemptions: tuple[Exemption, ...]
    own_port: int

    @staticmethod
    def of(settings: Settings) -> Gate:
        """Return the gate that the server's configuration describes."""
        return Gate(tuple(Exemption.parse(text) for text in settings.http_allow_private), settings.port)

    def reaching(self, url: str) -> Gate:
        """Return a gate that lets through as well where `url` leads, which the server's own configuration names."""
        named = httpx.URL(url)
        own = Exemption(None, canonical(named.host), named.port or PORTS[named.scheme])
        return Gate((*self.exemptions, own), self.own_port)

    def admit_server(self, host: str, port: int, check: Callable[[], None], resolve: Resolve | None = None) -> Route:
        """Return the way to a server that speaks no HTTP, and whose host and port the server's own configuration names.

        Being named there is what allows it to be private. Raises NotReachable.
        """
        named = httpx.URL(scheme="http", host=host, port=port)
        return self.reaching(str(named)).admit(named, check, resolve)

    def admit(self, url: httpx.URL, check: Callable[[], None], resolve: Resolve | None = None) -> Route:
        """Return the way to `url`, or raise NotReachable naming what forbids it.

        `check` is called while the name server is slow; what it raises ends the wait.
        """
        fault = fault_of(url)
        if fault:
            raise NotReachable(f"url: {fault}")
        port = url.port or PORTS[url.scheme]
        addresses = _addresses(url, port, check, resolve or _resolve)
        for address in addresses:
            if not self._allows(url, port, effective(address)):
                raise NotReachable(
                    f"url: host {url.host!r} leads to a private or reserved address; HTTP_ALLOW_PRIVATE can allow it"
                )
        return Route(tuple(addresses), port)

    def _allows(self, url: httpx.URL, port: int, address: Address) -> bool:
        return (
            is_public(address)
            or self._is_own_health(url, port, address)
            or any(entry.covers(canonical(url.host), port, address) for entry in self.exemptions)
        )

    def _is_own_health(self, url: httpx.URL, port: int, address: Address) -> bool:
        path = url.raw_path.partition(b"?")[0]
        return address.is_loopback and port == self.own_port and path in HEALTH_PATHS


def target_of(url: httpx.URL) -> str:
    """Return host and port of an admissible `url`, as HTTP_ALLOW_PRIVATE and grants name a private target."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{host}:{url.port or PORTS[url.scheme]}"


def fault_of(url: httpx.URL) -> str | None:
    """Return what is wrong with `url` whatever it resolves to, or None."""
    if url.scheme not in PORTS:
        return f"scheme {url.scheme!r} is not http or https"
    if not url.host or "%" in url.host or len(url.raw_host) > 253:
        return f"host {url.host[:60]!r} is not a host name or an address without a zone"
    if url.userinfo:
        return "it holds a name or password; send them in a header"
    if url.port is not None and not 1 <= url.port <= 65535:
        return f"port {url.port} is not in 1-65535"
    return None


def _addresses(url: httpx.URL, port: int, check: Callable[[], None], resolve: Resolve) -> list[Address]:
    try:
        return [ip_address(url.host)]
    except ValueError:
        return _wait_for(lambda: resolve(url.raw_host, port), check, url.host)


def _wait_for(ask: Callable[[], list[Address]], check: Callable[[], None], host: str) -> list[Address]:
    """Ask in a thread: a name server may take a minute, and nothing can interrupt getaddrinfo."""
    answers: queue.Queue[list[Address]] = queue.Queue(1)

    def answer() -> None:
        try:
            answers.put(ask())
        except (OSError, ValueError):
            answers.put([])

    threading.Thread(target=answer, name="resolve", daemon=True).start()
    while True:
        check()
        try:
            addresses = answers.get(timeout=POLL_SEC)
        except queue.Empty:
            continue
        if not addresses:
            raise Unresolved(f"url: host {host!r} does not resolve")
        return addresses


def _resolve(host: bytes, port: int) -> list[Address]:
    """Ask the name server once. Bytes keep Python's own IDNA codec, which is not httpx's, out of it."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
