"""Sealing for records: the vault of this process, unless the store's secrets were sealed with keys that it has not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from runners.engine.platform import Platform
from runners.engine.secret_fields import Seal
from runners.engine.settings import Settings
from runners.engine.store.connection import Store
from runners.engine.vault import NoKey, Owner, Vault
from runners.engine.vault_keys import MAKE, is_local, open_vault

PUT_BACK = "put the right one into ENCRYPTION_KEYS (or back to DATA_DIR/encryption.key)"


def sealing(platform: Platform, kind: str, name: str) -> Seal:
    """Return what seals secrets of this record; it records the key's id in the store. It raises NoKey.

    Sealing with a key that nobody else has would leave secrets that other processes cannot open: it is refused when the
    store knows keys, and none of them is here.
    """

    def seal(place: str, secret: str) -> str:
        vault = open_vault(platform.settings)
        _agree(platform.store, vault)
        return vault.seal(Owner(kind, name, place), secret)

    return seal


def used_keys(store: Store) -> set[str]:
    """Return the ids of the keys with which the store's secrets were sealed."""
    found: Any = store.redis.smembers(store.keys.sealing_keys)
    return set(found)


def unreadable(platform: Platform, sealed: Mapping[str, str]) -> tuple[str, ...]:
    """Return the places whose secrets no key of this process opens."""
    vault = open_vault(platform.settings) if sealed else Vault(())
    return tuple(place for place, text in sealed.items() if not vault.can_open(text))


def missing_key(used: set[str], vault: Vault) -> str | None:
    """Return in words that secrets of the store cannot be opened here at all; None when some can, or there are none."""
    if not used or used & set(vault.key_ids):
        return None
    has = f"this process has {', '.join(vault.key_ids)}" if vault.key_ids else vault.lack
    return f"missing key: secrets are sealed with key {', '.join(sorted(used))}, and {has}; {PUT_BACK}"


def key_fault(settings: Settings, used: Collection[str]) -> str | None:
    """Return, for everybody, that secrets of the store were sealed with keys of which this process has none."""
    if not used or set(used) & set(open_vault(settings).key_ids):
        return None
    return f"missing key: secrets are sealed with key {', '.join(sorted(used))}, which this process has not; {PUT_BACK}"


def key_warnings(settings: Settings, used: Collection[str]) -> tuple[str, ...]:
    """Return, for everybody, which keys are missing without stopping the rest; a key is not made by being looked for."""
    if not used:
        has_none = not settings.encryption_keys and settings.redis_url is not None and not is_local(settings.redis_url)
        return (f"missing key: no secret can be kept; {MAKE}",) if has_none else ()
    missing = set(used) - set(open_vault(settings).key_ids)
    return (
        (f"missing key: some secrets are sealed with key {', '.join(sorted(missing))}; {PUT_BACK}",) if missing else ()
    )


def _agree(store: Store, vault: Vault) -> None:
    if not vault.key_ids:
        raise NoKey(vault.lack)
    used = used_keys(store)
    if fault := missing_key(used, vault):
        raise NoKey(fault)
    if vault.key_ids[0] not in used:
        store.redis.sadd(store.keys.sealing_keys, vault.key_ids[0])
