"""Whether the dashboard's port is free, and whose it is when it is not."""

import errno
import socket

from runners.engine.errors import Conflict
from runners.local.proc import command_line, owner_of_port


def require_free(host: str, port: int) -> None:
    """Raise Conflict naming the owner when somebody listens on the port already."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        # as gunicorn does, so that connections of an earlier server that linger are no reason to refuse
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise Conflict(f"port {port} of {host}: {_reason(port, error)}; choose another one with --port") from error


def _reason(port: int, error: OSError) -> str:
    """Return who has the port, or what the system says."""
    if error.errno != errno.EADDRINUSE:
        return str(error.strerror)
    owner = owner_of_port(port)
    if owner is None:
        return "in use, by a process that this user cannot see"
    return f"in use by pid {owner} ({command_line(owner)})"
