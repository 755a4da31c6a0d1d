"""The key that signs sessions and forms: configured, or made once and kept in DATA_DIR for all web processes."""

from __future__ import annotations

import secrets

from runners.engine.key_file import kept
from runners.engine.settings import Settings

FILE = "secret.key"


def secret_key(settings: Settings) -> str:
    """Return `SECRET_KEY`, or the kept key."""
    return settings.secret_key or kept(settings.data_dir / FILE, lambda: secrets.token_hex(32))
