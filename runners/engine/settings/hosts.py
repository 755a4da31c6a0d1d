"""Names and addresses of hosts: which can be one, and which mean this machine. Pure."""

from __future__ import annotations

import ipaddress
import re

HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*\.?")
LARGEST_PORT = 65_535


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches `host`, an address or 'localhost'."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def local_host(host: str) -> str:
    """Return where this machine reaches what listens on `host`, as a URL has it: on every address means on loopback too."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{local}]" if ":" in local else local
