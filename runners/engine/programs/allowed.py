"""Which programs may run here, and in which folders: what the server's configuration says, whoever asks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runners.engine.folders import descend, find
from runners.engine.handler import HandlerFailed

if TYPE_CHECKING:
    from runners.engine.settings import Settings

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PREFIXES = "AGENT_COMMAND_ALLOW_PREFIXES"
ROOTS = "AGENT_COMMAND_ALLOWED_ROOTS"
SHOWN = 300


class NotAllowed(HandlerFailed):
    """The server's configuration does not let this program run, or not in this folder."""


def environment(home: Path) -> Mapping[str, str]:
    """Return the whole environment of a program, but for what is added to it by name."""
    return {"PATH": PATH, "LANG": "C.UTF-8", "HOME": str(home)}


def allowed_program(argv: Sequence[str], prefixes: Sequence[Sequence[str]]) -> str:
    """Return the absolute path of the program that `argv` names; NotAllowed unless an allowed prefix matches."""
    if not prefixes:
        raise NotAllowed(f"no program may run here: set {PREFIXES} on the server to the commands to allow")
    path = _located(argv[0])
    for first, *rest in prefixes:
        if path and path == _located(first) and list(argv[1 : len(rest) + 1]) == rest:
            return path
    raise NotAllowed(f"{argv[0][:SHOWN]!r} with these arguments matches no entry of {PREFIXES}")


def _located(name: str) -> str | None:
    """Return where `name` stands, its folder resolved (/bin may be /usr/bin) but not the file itself: where one
    binary serves many names by links, allowing one name must not allow the others.
    """
    found = shutil.which(name, path=PATH) if "/" not in name else name
    if found is None or not os.path.isabs(found) or not os.access(found, os.X_OK):
        return None
    return os.path.join(os.path.realpath(os.path.dirname(found)), os.path.basename(found))


def roots(settings: Settings) -> tuple[Path, ...]:
    """Return the folders in which commands may work; a folder of their own in DATA_DIR when none is configured.

    What was granted to the job comes behind them.
    """
    if settings.command_roots:
        return (*settings.command_roots, *settings.granted_roots)
    own = settings.data_dir / "commands"
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    return (own, *settings.granted_roots)


@dataclass(frozen=True, slots=True)
class Folder:
    """An open directory; who holds it closes the descriptor."""

    descriptor: int
    path: Path

    def close(self) -> None:
        """Let go of it."""
        os.close(self.descriptor)


def open_folder(cwd: str | None, allowed: Sequence[Path]) -> Folder:
    """Open `cwd`, which lies within one of the `allowed` folders, links resolved.

    Raises NotAllowed; the text does not tell whether a folder outside exists.
    """
    place = find(cwd or "", allowed)
    if place is None:
        raise NotAllowed(f"cwd {cwd!r} is not within {ROOTS}")
    try:
        return Folder(descend(place), place.path)
    except OSError as error:
        raise NotAllowed(f"cwd {cwd or str(place.root)!r} cannot be entered: {error.strerror}") from error
