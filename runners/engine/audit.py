"""An audit entry: who did what to which object, sealed so that none can be changed, taken out or put in unseen. Pure.

Entries form a chain. The seal (HMAC-SHA256) of each is made with a secret key over the seal before it and over the entry
itself, so that whoever lacks the key can neither write an entry nor close a gap. A row is 'id|number|key|seal|JSON':
the id is the time in ms, times 1000, plus a sequence number, and always rises; numbers count from 1 without a gap.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from runners.engine import clock
from runners.engine.masking import Shown, shown, spelled

PER_MS = 1_000
SURFACES = ("api", "page", "cli", "chat", "system")
OUTCOMES = ("done", "refused")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the chain, and the name by which entries say that they were sealed with it."""

    id: str
    secret: bytes = field(repr=False)


def derive(text: str) -> Key:
    """Return the key that follows from a configured text: HKDF-SHA256 (RFC 5869) without salt, one block."""
    extracted = hmac.digest(bytes(32), text.encode(), "sha256")
    secret = hmac.digest(extracted, b"multijob audit v1\x01", "sha256")
    return Key(hashlib.sha256(b"multijob audit key id" + secret).hexdigest()[:12], secret)


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, through which door, by which operation, in which request; `note` goes to versions."""

    name: str
    surface: str
    note: str = ""
    operation: str = ""
    role: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be put down. `target` is the object, as kind:name; `items` are the parts of a change of many things.

    Secrets in `before`, `after` and `items` are masked, and long values cut, when the entry is sealed.
    """

    author: Author
    target: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    outcome: str = "done"
    items: Sequence[Mapping[str, Any]] = ()

    def text(self) -> str:
        """Return the entry as JSON, in one spelling only."""
        author = self.author
        said: dict[str, Shown] = {
            "actor": author.name,
            "role": author.role,
            "surface": author.surface,
            "operation": author.operation,
            "object": self.target,
            "outcome": self.outcome,
            "request_id": author.request_id,
            "before": shown(self.before),
            "after": shown(self.after),
        }
        if self.items:
            said["items"] = [shown(item) for item in self.items]
        return spelled(said)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of the chain, as far as the next one is sealed over it."""

    number: int = 0
    id: int = 0
    key: str = ""
    seal: str = ""

    def text(self) -> str:
        """Return the head as it is stored; '' before the first entry."""
        return f"{self.number}|{self.id}|{self.key}|{self.seal}" if self.number else ""

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the head that is stored as `text`. Raises ValueError."""
        if not text:
            return cls()
        number, id, key, seal = text.split("|")
        return cls(int(number), int(id), key, seal)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is stored."""

    id: int
    number: int
    key: str
    seal: str
    payload: str

    @property
    def head(self) -> Head:
        """What the next entry is sealed over."""
        return Head(self.number, self.id, self.key, self.seal)

    def text(self) -> str:
        """Return the row."""
        return f"{self.id}|{self.number}|{self.key}|{self.seal}|{self.payload}"

    def follows(self, seal: str, key: Key) -> bool:
        """Say whether this entry was sealed with `key` behind the entry that carries `seal`."""
        return hmac.compare_digest(self.seal.encode(), _seal(key, seal, self).encode())

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the row that is stored as `text`. Raises ValueError."""
        id, number, key, seal, payload = text.split("|", 4)
        return cls(int(id), int(number), key, seal, payload)


def sealed(entry: Entry, head: Head, key: Key, now: datetime) -> Row:
    """Return the row that puts `entry` behind `head` at `now`."""
    id = max(clock.to_ms(now) * PER_MS, head.id + 1)
    bare = Row(id, head.number + 1, key.id, "", entry.text())
    return Row(bare.id, bare.number, bare.key, _seal(key, head.seal, bare), bare.payload)


def _seal(key: Key, before: str, row: Row) -> str:
    said = f"{before}|{row.id}|{row.number}|{row.key}|{row.payload}"
    return hmac.digest(key.secret, said.encode(), "sha256").hex()
