"""Where the keys of stored secrets come from: ENCRYPTION_KEYS, or one that is made in DATA_DIR where one machine is all.

Locally means memory, or a server on a unix socket or a loopback address: then every process can read the same file. Of any
other server other machines may be clients too, and what a key of this one seals they could never open: none is made.
"""

from __future__ import annotations

import stat
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from runners.engine.key_file import kept
from runners.engine.settings import Settings
from runners.engine.settings.address import is_sentinel, read_sentinel
from runners.engine.settings.hosts import is_loopback
from runners.engine.settings.values import encryption_keys
from runners.engine.vault import NoKey, Vault, new_key

FILE = "encryption.key"
MAKE = "make a key with `multijob secrets key`, and set ENCRYPTION_KEYS to it for every process"


def open_vault(settings: Settings) -> Vault:
    """Return the vault of this process. One without a key refuses to seal and to open, saying why."""
    try:
        return Vault(_keys(settings.encryption_keys, settings.redis_url, settings.data_dir))
    except NoKey as lack:
        return Vault((), str(lack))


@cache
def _keys(configured: tuple[str, ...], redis_url: str | None, data_dir: Path) -> tuple[str, ...]:
    """Return the keys, the newest first. Raises NoKey, which is not remembered: what is mended counts at once."""
    if configured:
        return configured
    if redis_url is not None and not is_local(redis_url):
        raise NoKey(f"there is no key for secrets: the store is not on this machine alone; {MAKE}")
    return _kept(data_dir / FILE)


def _kept(path: Path) -> tuple[str, ...]:
    try:
        key = kept(path, new_key)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise NoKey(f"others may read the key for secrets; run: chmod 600 '{path}'")
        return encryption_keys(key)
    except OSError as error:
        raise NoKey(f"the key for secrets cannot be kept in '{path}' ({error.strerror}); {MAKE}") from None
    except ValueError:
        raise NoKey(f"'{path}' holds no key for secrets; put the right one back, or {MAKE}") from None


def is_local(redis_url: str) -> bool:
    """Say whether only processes of this machine can be clients of the server."""
    if redis_url.startswith("unix://"):
        return True
    if is_sentinel(redis_url):
        return all(is_loopback(host) for host, _ in read_sentinel(redis_url).hosts)
    return is_loopback(urlsplit(redis_url).hostname or "")
