"""The server's address: how it is shown, and whether anything listens there at all."""

from __future__ import annotations

import socket
from urllib.parse import unquote, urlsplit

from runners.engine.errors import ModeRefused, NoServer
from runners.engine.store.connection import CONNECT_SEC

DEFAULT_PORT = 6379


def shown(url: str) -> str:
    """Return the address without credentials: host and port, or the path of a unix socket."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return unquote(parts.path)
    host = parts.hostname or "localhost"
    return f"[{host}]:{parts.port or DEFAULT_PORT}" if ":" in host else f"{host}:{parts.port or DEFAULT_PORT}"


def require_listener(url: str) -> None:
    """Return when something accepts connections there.

    Raises NoServer when nothing listens or nobody answers in time, the only faults that may lead to memory mode,
    and ModeRefused when the address itself is wrong.
    """
    try:
        _knock(url)
    except (ConnectionRefusedError, FileNotFoundError, TimeoutError) as error:
        raise NoServer(f"no server answers at {shown(url)}: {error.strerror or 'timed out'}") from None
    except OSError as error:
        raise ModeRefused(f"redis at {shown(url)} cannot be reached: {error.strerror}; correct REDIS_URL") from None


def _knock(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "unix":
        address = (parts.hostname or "localhost", parts.port or DEFAULT_PORT)
        socket.create_connection(address, timeout=CONNECT_SEC).close()
        return
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(CONNECT_SEC)
        door.connect(unquote(parts.path))
