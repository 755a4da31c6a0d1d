"""Where the web server listens, and whether it may: without sign-in on this machine only, whatever started the server."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator, Sequence

from runners.engine.errors import SettingsInvalid
from runners.engine.settings import Settings
from runners.engine.settings.access import HOW_TO_TURN_ON
from runners.engine.settings.hosts import is_loopback

DESCRIPTORS = "/dev/fd"


def refuse_open_door(settings: Settings, hosts: Sequence[str]) -> None:
    """Raise SettingsInvalid when others can reach one of the `hosts` that we listen on, and nobody would be asked who he is."""
    if settings.auth_enabled:
        return
    reached = next((host for host in hosts if not is_loopback(host)), None)
    if reached is not None:
        raise SettingsInvalid(
            [
                f"the web server listens on '{reached}', which others can reach, and sign-in is off; "
                f"{HOW_TO_TURN_ON}, or bind 127.0.0.1"
            ]
        )


def hosts_listened_on() -> list[str]:
    """Return the addresses on which this process has listening sockets, as a server's worker has when it loads the app."""
    return [str(address[0]) for address in _listening()]


def _listening() -> Iterator[tuple[object, ...]]:
    for name in os.listdir(DESCRIPTORS):
        try:
            if not stat.S_ISSOCK(os.stat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as found:
                if found.family in (socket.AF_INET, socket.AF_INET6) and found.getsockopt(
                    socket.SOL_SOCKET, socket.SO_ACCEPTCONN
                ):
                    yield found.getsockname()
        except OSError:
            continue  # that of the list itself, which is closed by now
