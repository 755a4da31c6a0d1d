"""A key that is made once and kept in DATA_DIR for all processes of this machine, for its owner's eyes only."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

KEYS = "*.key"


def kept_keys(data_dir: Path) -> set[str]:
    """Return every key that is kept in DATA_DIR now and that this process may read."""
    found = set()
    for path in data_dir.glob(KEYS):
        with suppress(OSError, UnicodeDecodeError):
            found.add(path.read_text().strip())
    return found - {""}


def kept(path: Path, make: Callable[[], str]) -> str:
    """Return the key in the file, made first if there is none: linked into its place whole, by one process only.

    Several processes that start at once agree on one. Raises OSError when it can neither be read nor made.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(0o600)
        draft.write_text(make())
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()
