"""Where each command stands. A command is loaded when it is asked for: no process waits for what another brings along."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module

import click

from runners.loading import loading

ROOMS = {
    "machine": "up status stop",
    "processes": "web scheduler worker connector",
    "groups": "job run",
    "jobs": "import export",
    "pausing": "pause resume drain",
    "holding": "crowding held",
    "backup": "backup restore",
    "people": "user",
    "tokens": "token",
    "agents": "agent",
    "grants": "grant",
    "approvals": "approve",
    "profiles": "profile",
    **{
        name: name
        for name in (
            *("api", "audit", "automation", "completion", "doctor", "healthy"),
            *("plan", "release", "secrets", "simulate", "top"),
        )
    },
}
"""The commands that each module of `runners.cli` brings."""
ROOM_OF = {name: room for room, names in ROOMS.items() for name in names.split()}
NAMED_OTHERWISE = {"import": "import_file"}
"""What a command is called in its module where that is not its name."""


class Waiting(MutableMapping[str, click.Command]):
    """The commands by name, each loaded when it is asked for."""

    def __init__(self) -> None:
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            with loading():
                room = import_module(f"runners.cli.{ROOM_OF[name]}")
            self._loaded[name] = getattr(room, NAMED_OTHERWISE.get(name, name))
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        raise TypeError(f"command '{name}' is put into ROOM_OF")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"command '{name}' is taken out of ROOM_OF")

    def __iter__(self) -> Iterator[str]:
        return iter(ROOM_OF)

    def __len__(self) -> int:
        return len(ROOM_OF)

    def __contains__(self, name: object) -> bool:
        return name in ROOM_OF
