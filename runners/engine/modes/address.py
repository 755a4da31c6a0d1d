"""Whether anything listens at the server's address at all."""

from __future__ import annotations

import socket
from urllib.parse import unquote, urlsplit

from runners.engine.errors import ModeRefused, NoServer
from runners.engine.settings.address import DEFAULT_PORT, is_sentinel, read_sentinel, shown
from runners.engine.store.connection import CONNECT_SEC


def require_listener(url: str) -> None:
    """Return when something accepts connections there.

    Raises NoServer when nothing listens or nobody answers in time, the only faults that may lead to memory mode,
    and ModeRefused when the address itself is wrong.
    """
    try:
        _knock_any(url)
    except (ConnectionRefusedError, FileNotFoundError, TimeoutError) as error:
        raise NoServer(
            f"no server answers at {shown(url)}: {error.strerror or 'timed out'}; start it, or correct REDIS_URL"
        ) from None
    except OSError as error:
        raise ModeRefused(f"redis at {shown(url)} cannot be reached: {error.strerror}; correct REDIS_URL") from None


def _knock_any(url: str) -> None:
    """Knock at the server, or at the sentinels until one is there; raises what the last one said."""
    if not is_sentinel(url):
        _knock(url)
        return
    for place, host in enumerate(hosts := read_sentinel(url).hosts, 1):
        try:
            _knock_at(host)
            return
        except OSError:
            if place == len(hosts):
                raise


def _knock(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "unix":
        _knock_at((parts.hostname or "localhost", parts.port or DEFAULT_PORT))
        return
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(CONNECT_SEC)
        door.connect(unquote(parts.path))


def _knock_at(host: tuple[str, int]) -> None:
    socket.create_connection(host, timeout=CONNECT_SEC).close()
