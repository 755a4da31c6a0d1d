"""The key that signs sessions and forms: configured, or made once and kept in DATA_DIR for all web processes."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from runners.engine.settings import Settings

FILE = "secret.key"


def secret_key(settings: Settings) -> str:
    """Return `SECRET_KEY`, or the kept key; several processes that start at once agree on one."""
    return settings.secret_key or _kept(settings.data_dir / FILE)


def _kept(path: Path) -> str:
    """Return the key in the file, made first if there is none: linked into its place whole, by one process only."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{FILE}.{os.getpid()}")
        draft.touch(0o600)
        draft.write_text(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()
