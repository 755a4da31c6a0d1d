"""A file that stands at its place whole or not at all, whenever the power goes; readable by its owner alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

Place = Callable[[str, Path], None]


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write, which takes the place of what is at `path` when the block is left. Raises OSError.

    What the block raises leaves everything as it was.
    """
    with _draft(path, os.replace) as file:
        yield file


@contextmanager
def making(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write, which stands at `path` when the block is left, unless another was there first. Raises OSError."""
    with _draft(path, _link) as file:
        yield file


@contextmanager
def _draft(path: Path, place: Place) -> Iterator[IO[bytes]]:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # 0600 from its first moment
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        place(draft, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(draft)
    _settle(path.parent)


def _link(draft: str, path: Path) -> None:
    with suppress(FileExistsError):
        os.link(draft, path)


def _settle(folder: Path) -> None:
    """Bring the names in the folder to the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
