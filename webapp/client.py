"""Where a request comes from: the address of the client, which only proxies that the configuration names may tell us."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from flask import request

from webapp.asking import platform

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
UNKNOWN = "unknown"
ONE_CLIENT_V6 = 64
"""Bits of an IPv6 address that one client has to himself at least (RFC 6177)."""


def client_address() -> str:
    """Return the address from which this request came, or 'unknown' (a unix socket)."""
    return str(_found() or UNKNOWN)


def client_network() -> str:
    """Return what is counted as one client: an IPv4 address, or the network of an IPv6 one."""
    found = _found()
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, ONE_CLIENT_V6), strict=False))
    return str(found or UNKNOWN)


def _found() -> Address | None:
    trusted = platform().settings.trusted_proxies
    return _client(request.remote_addr or "", request.headers.get("X-Forwarded-For", ""), trusted)


def _client(peer: str, forwarded: str, trusted: Sequence[Network]) -> Address | None:
    """Return the nearest address that is no trusted proxy's: each proxy adds the one that it saw at the right end.

    What stands left of an untrusted address was written by the client; it is not looked at.
    """
    found = _address(peer)
    for hop in reversed(forwarded.split(",")):
        if found is None or not any(found in network for network in trusted):
            break
        told = _address(hop.strip())
        if told is None:
            break
        found = told
    return found


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found
