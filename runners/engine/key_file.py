"""A key that is made once and kept in DATA_DIR for all processes of this machine, for its owner's eyes only."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from runners.engine.whole_file import making

KEYS = "*.key"


def kept_keys(data_dir: Path) -> set[str]:
    """Return every key that is kept in DATA_DIR now and that this process may read."""
    found = set()
    for path in data_dir.glob(KEYS):
        with suppress(OSError, UnicodeDecodeError):
            found.add(path.read_text().strip())
    return found - {""}


def kept(path: Path, make: Callable[[], str]) -> str:
    """Return the key in the file, made first if there is none, whole and by one process only.

    Several processes that start at once agree on one. Raises OSError when it can neither be read nor made.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with making(path) as file:
            file.write(make().encode())
    return path.read_text()
