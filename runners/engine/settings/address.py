"""A server's address in its three forms: redis:// or rediss://, unix://, and sentinel:// with many hosts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

DEFAULT_PORT = 6379
SENTINEL_PORT = 26379
SENTINEL = "sentinel://"
TLS_OPTIONS = frozenset(
    {"ssl_cert_reqs", "ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname"}
)
SENTINEL_OPTIONS = frozenset({"sentinel_username", "sentinel_password"})
SENTINEL_FORM = "sentinel://[user:password@]host:26379,host:26379/SERVICE/0"
HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(:(?P<port>[0-9]{1,5}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """Where the sentinels are and which primary they are asked for; credentials are the primary's own."""

    hosts: tuple[tuple[str, int], ...]
    service: str
    database: int
    username: str | None
    password: str | None
    options: dict[str, str]


def is_sentinel(url: str) -> bool:
    """Say whether the address names sentinels."""
    return url.startswith(SENTINEL)


def read_sentinel(url: str) -> SentinelAddress:
    """Read `SENTINEL_FORM`; raises ValueError with what is wrong, and never with what the address says."""
    try:
        parts = urlsplit(url)
        credentials, _, places = parts.netloc.rpartition("@")
    except ValueError:
        raise ValueError(f"cannot be read; write {SENTINEL_FORM}") from None
    found = [HOST.fullmatch(place) for place in places.split(",")]
    hosts = tuple((one["host"].strip("[]"), int(one["port"] or SENTINEL_PORT)) for one in found if one)
    path = re.fullmatch(r"/([A-Za-z0-9_.-]+)(?:/([0-9]{1,4}))?/?", parts.path, re.ASCII)
    if len(hosts) != len(found) or not all(1 <= port <= 65_535 for _, port in hosts) or path is None:
        raise ValueError(f"does not name sentinels and their service; write {SENTINEL_FORM}")
    user, _, password = credentials.partition(":")
    options = dict(known_options(parts, SENTINEL_OPTIONS))
    return SentinelAddress(hosts, path[1], int(path[2] or 0), unquote(user) or None, unquote(password) or None, options)


def known_options(parts: SplitResult, known: frozenset[str]) -> list[tuple[str, str]]:
    """Return the options behind the '?'; raises ValueError for one that is not among `known`."""
    options = parse_qsl(parts.query, keep_blank_values=True)
    unknown = sorted({name for name, _ in options} - known)
    if unknown:
        raise ValueError(f"has an option {unknown[0][:40]!a} that is not one of {', '.join(sorted(known))}")
    return options


def shown(url: str) -> str:
    """Return the address without credentials: hosts and ports, or the path of a unix socket."""
    if is_sentinel(url):
        found = read_sentinel(url)
        return f"{','.join(_pair(*host) for host in found.hosts)} (sentinels of '{found.service}')"
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return unquote(parts.path)
    return _pair(parts.hostname or "localhost", parts.port or DEFAULT_PORT)


def _pair(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
