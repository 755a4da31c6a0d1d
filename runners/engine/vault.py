"""Secrets at rest: each is encrypted together with the name of its owner, so that no two can change places.

A sealed secret is the id of a key and a Fernet token (AES-128-CBC, HMAC-SHA256) of the JSON array [owner…, secret]. The first
key seals, any of the keys opens; `multijob secrets rotate` seals everything anew with the first one, after which the others
can go. The id says whether a secret can be opened here without opening it; nothing is trusted because of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from runners.engine.errors import Conflict


class Sealed(Conflict):
    """A stored secret cannot be opened: its key is missing, or it is not its owner's; the message says the fix (409)."""


class NoKey(Conflict):
    """This process has no key to seal secrets with; the message says the fix (409)."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose secret it is: what kind of thing, which one of them, and which of its fields.

    Such as ('account', 'openai/main', 'secrets/api_key'), or ('mcp', 'mcp_github', 'env/GITHUB_TOKEN').
    """

    kind: str
    name: str
    field: str

    def __str__(self) -> str:
        return f"{self.kind} '{self.name}', field '{self.field}'"


class Vault:
    """Seals and opens secrets with `keys`, the newest first; safe to be shared by threads."""

    def __init__(self, keys: Sequence[str], lack: str = "") -> None:
        """`lack` says why there are no keys, and what to do about it; it is the message of `NoKey`."""
        self._newest = Fernet(keys[0]) if keys else None
        self._all = MultiFernet([Fernet(key) for key in keys]) if keys else None
        self.lack = lack
        self.key_ids = tuple(key_id(key) for key in keys)

    def seal(self, owner: Owner, secret: str) -> str:
        """Return `secret` encrypted for `owner`. Raises NoKey."""
        if self._newest is None:
            raise NoKey(self.lack)
        token = self._newest.encrypt(json.dumps([*_whole(owner), secret]).encode()).decode()
        return f"{self.key_ids[0]}:{token}"

    def open(self, owner: Owner, sealed: str) -> str:
        """Return the secret that was sealed for `owner`. Raises NoKey or Sealed; neither says anything of the secret."""
        if self._all is None:
            raise NoKey(self.lack)
        try:
            *whole, secret = json.loads(self._all.decrypt(sealed.partition(":")[2].encode()))
        except (InvalidToken, ValueError):
            raise Sealed(f"the secret of {owner} cannot be opened with the keys of this process; {_FIX}") from None
        if whole != _whole(owner):
            raise Sealed(f"the secret of {owner} was sealed for something else; set it again")
        return str(secret)

    def can_open(self, sealed: str) -> bool:
        """Say whether `sealed` names one of the keys."""
        return sealed.partition(":")[0] in self.key_ids

    def is_newest(self, sealed: str) -> bool:
        """Say whether `sealed` names the first key."""
        return sealed.partition(":")[0] in self.key_ids[:1]


_FIX = "add the key that it was sealed with to ENCRYPTION_KEYS (or put DATA_DIR/encryption.key back), or set the secret again"


def _whole(owner: Owner) -> list[str]:
    return [owner.kind, owner.name, owner.field]


def new_key() -> str:
    """Return a new key for ENCRYPTION_KEYS."""
    return Fernet.generate_key().decode()


def key_id(key: str) -> str:
    """Return what names `key` and tells nothing of it: 256 random bits cannot be found from a digest."""
    return hashlib.sha256(b"multijob key id " + key.encode()).hexdigest()[:12]
