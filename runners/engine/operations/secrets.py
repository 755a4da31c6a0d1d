"""Rotation of the keys of stored secrets: everything is sealed anew with the first of ENCRYPTION_KEYS.

It goes record by record, each in one step, so that it can be ended at any moment and started again: what is sealed with the
newest key is passed over. While it runs, old and new keys open everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from runners.engine.audit import Entry
from runners.engine.errors import Unreadable
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import rotation
from runners.engine.store.connection import Store
from runners.engine.store.records import NOUNS, Kind, Record, load_record, names
from runners.engine.vault import NoKey, Owner, Sealed, Vault
from runners.engine.vault_keys import open_vault

TRIES = 10


@dataclass(slots=True)
class Rotation:
    """How far a rotation is: records looked at of how many, secrets sealed anew, and those that no key here opens."""

    total: int
    done: int = 0
    resealed: int = 0
    current: int = 0
    unreadable: list[str] = field(default_factory=list)


@operation(Role.ADMIN)
def rotate_secrets(platform: Platform, actor: Actor, tell: Callable[[Rotation], None]) -> Rotation:
    """Seal all secrets with the newest key, calling `tell` after each record. Raises NoKey.

    What no key here opens is named and left as it is, and so is its key among those that are still needed.
    """
    store, vault = platform.store, open_vault(platform.settings)
    if not vault.key_ids:
        raise NoKey(vault.lack)
    everything = [(kind, name) for kind in NOUNS for name in names(store, kind)]
    found, needed = Rotation(len(everything)), {vault.key_ids[0]}
    for kind, name in everything:
        needed |= _rotate(store, vault, kind, name, found)
        found.done += 1
        tell(found)
    after = {"resealed": found.resealed, "unreadable": len(found.unreadable), "keys": sorted(needed)}
    rotation.sealed_with(store, Entry(actor.author(), "secrets:keys", None, after), needed)
    return found


def _rotate(store: Store, vault: Vault, kind: Kind, name: str, found: Rotation) -> set[str]:
    """Seal one record anew and return the ids of the old keys that it still needs."""
    for _ in range(TRIES):
        try:
            record = load_record(store, kind, name)
        except Unreadable as fault:
            found.unreadable.append(str(fault))
            return set()
        if record is None:
            return set()
        anew, unreadable = _resealed(vault, record)
        content = record.content | {"sealed": record.content.get("sealed", {}) | anew}
        if anew and not rotation.reseal(store, kind, name, record.version, content):
            continue
        found.resealed += len(anew)
        found.current += len(content["sealed"]) - len(anew) - len(unreadable)
        found.unreadable += unreadable.values()
        return {content["sealed"][place].partition(":")[0] for place in unreadable}
    found.unreadable.append(f"{NOUNS[kind]} '{name}' keeps being changed by others; rotate again")
    return set(vault.key_ids)


def _resealed(vault: Vault, record: Record) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is sealed anew by its place, and why the rest that is not sealed with the newest key cannot be."""
    anew, unreadable = {}, {}
    for place, sealed in record.content.get("sealed", {}).items():
        if vault.is_newest(sealed):
            continue
        owner = Owner(record.kind, record.name, place)
        try:
            anew[place] = vault.seal(owner, vault.open(owner, sealed))
        except Sealed as fault:
            unreadable[place] = str(fault)
    return anew, unreadable
