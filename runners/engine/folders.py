"""Finding and opening what lies below allowed folders, so that no link leads out of them, and nobody can swap one in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """A path below `root`, links resolved; it need not exist."""

    root: Path
    path: Path


def find(path: str, allowed: Sequence[Path]) -> Place | None:
    """Return where `path` leads, which is relative to the first allowed folder, when that is below any of them; None else."""
    try:
        wanted = Path(os.path.realpath(allowed[0] / path))
    except OSError:  # a link on the way was taken away while it was read
        return None
    for root in map(Path, map(os.path.realpath, allowed)):
        if wanted.is_relative_to(root):
            return Place(root, wanted)
    return None


def descend(place: Place) -> int:
    """Open the folder that `place` is; the way down from the root is walked without following links. Raises OSError."""
    folder = os.open(place.root, os.O_RDONLY | os.O_DIRECTORY)
    for part in place.path.relative_to(place.root).parts:
        above = folder
        try:
            folder = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
        finally:
            os.close(above)
    return folder
