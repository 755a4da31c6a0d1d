"""Sessions of browsers as they are read; `protocol/sessions.py` begins, keeps and ends them.

The store knows the SHA-256 of a session's id only: who reads the store cannot take over a session.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from runners.engine.clock import from_ms
from runners.engine.role import Role
from runners.engine.store.connection import Store
from runners.engine.store.hashes import fields_of, read_hashes

KEPT = 20
"""The most that one may have; the oldest ends when another begins."""
Kind = Literal["person", "token", "environment", "local"]
TEXTS = ("owner", "id", "subject", "how", "browser", "address", "content")


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in.

    `kind`, `id`, `version`, `subject` and `role` are the identity that signed in, `owner` ('person:ID') names whose sessions
    belong together. `how` says by what ('password', 'token', 'code'); `browser` and `address` are as they were then.
    `content` is what the pages keep in it, as text.
    """

    digest: str
    owner: str
    kind: Kind
    id: str
    version: int
    subject: str
    role: Role
    how: str
    browser: str
    address: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    content: str = ""

    def lives(self, now: datetime, idle: timedelta) -> bool:
        """Say whether it may still be used: neither unused for `idle`, nor at its end."""
        return now < self.ends_at and now - self.seen_at < idle


def digest_of(session_id: str) -> str:
    """Return what the store knows a session by."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def find(store: Store, digest: str, idle: timedelta) -> tuple[Session, datetime] | None:
    """Return the session, and the store's time now, if it lives; one round trip."""
    pipe = store.redis.pipeline(transaction=False)
    pipe.hgetall(store.keys.session(digest))
    pipe.time()
    fields, time = pipe.execute(raise_on_error=False)
    found, now = _session(digest, fields_of(fields)), store.time_of(time)
    return (found, now) if found and found.lives(now, idle) else None


def of_owner(store: Store, owner: str, idle: timedelta) -> list[Session]:
    """Return the living sessions of one who signed in, the last used first; three round trips."""
    digests: Any = store.redis.zrange(store.keys.sessions_of(owner), 0, KEPT - 1)
    found = _read(store, list(digests)) if digests else []
    now = store.now()
    return sorted((one for one in found if one.lives(now, idle)), key=lambda one: one.seen_at, reverse=True)


def forget(store: Store, session: Session) -> None:
    """Drop a session whose owner has changed: what changed him has ended it already."""
    pipe = store.redis.pipeline(transaction=False)
    pipe.delete(store.keys.session(session.digest))
    pipe.zrem(store.keys.sessions_of(session.owner), session.digest)
    pipe.execute()


def _read(store: Store, digests: list[str]) -> list[Session]:
    pipe = store.redis.pipeline(transaction=False)
    for digest in digests:
        pipe.hgetall(store.keys.session(digest))
    rows = zip(digests, read_hashes(pipe), strict=True)
    return [session for digest, fields in rows if (session := _session(digest, fields))]


def _session(digest: str, fields: Mapping[str, str]) -> Session | None:
    """Return the session that `fields` describe; a record that cannot be read is none, and lets nobody in."""
    try:
        texts: dict[str, Any] = {name: fields[name] for name in TEXTS}
        times: dict[str, Any] = {name: from_ms(int(fields[name])) for name in ("began_at", "seen_at", "ends_at")}
        kind, role = cast(Kind, fields["kind"]), Role(fields["role"])
        return Session(digest=digest, kind=kind, version=int(fields["version"]), role=role, **texts, **times)
    except (KeyError, ValueError):
        return None
