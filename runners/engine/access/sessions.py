"""Sessions of browsers: begun by whoever has shown who he is, and over as soon as that would not let him in any more."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from runners.engine.access.identity import Identity, still
from runners.engine.audit import Author
from runners.engine.errors import StoreAway
from runners.engine.platform import Platform
from runners.engine.protocol import sessions as protocol
from runners.engine.protocol.sessions import Limits
from runners.engine.store import sessions as stored
from runners.engine.store.away import reported
from runners.engine.store.sessions import Session, digest_of

SESSION_ID = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody signs in: his browser's name for itself, his address, and the content that his session begins with."""

    browser: str
    address: str
    content: str
    request_id: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that lives, whose it is, and when that was found out."""

    session: Session
    identity: Identity
    found_at: datetime


def limits(platform: Platform) -> Limits:
    """Return how long sessions live."""
    return Limits(platform.settings.session_idle, platform.settings.session_life)


def owner_of(identity: Identity) -> str:
    """Return under which name the sessions of an identity belong together."""
    return f"{identity.kind}:{identity.id}"


def begin(platform: Platform, identity: Identity, how: str, visit: Visit, before: Session | None) -> str:
    """Begin a session in the place of `before`, and return its id: 256 random bits that only the browser keeps."""
    session_id = secrets.token_urlsafe(32)
    fields = {
        "owner": owner_of(identity),
        "kind": identity.kind,
        "id": identity.id,
        "version": str(identity.version),
        "subject": identity.subject,
        "role": str(identity.role),
        "how": how,
        "browser": visit.browser[:LONGEST_TEXT],
        "address": visit.address,
        "content": visit.content,
    }
    with reported():
        author = _author(identity, "sign_in", visit.request_id)
        replaced = before.digest if before else ""
        protocol.begin(platform.store, author, digest_of(session_id), fields, limits(platform), replaced)
    return session_id


def find(platform: Platform, session_id: str) -> SignedIn | None:
    """Return the session of this id, while it lives and its owner may still come in by what he showed; else it ends.

    Raises StoreAway: what cannot be asked lets nobody in.
    """
    if not SESSION_ID.fullmatch(session_id):
        return None
    with reported():
        found = stored.find(platform.store, digest_of(session_id), platform.settings.session_idle)
        if found is None:
            return None
        session, now = found
        known = Identity(session.kind, session.id, session.version, session.subject, session.role)
        identity = still(platform, known)
    if identity is None:
        with suppress(StoreAway), reported():
            stored.forget(platform.store, session)
        return None
    return SignedIn(session, identity, now)


def keep(platform: Platform, session: Session, *, used: bool, content: str | None) -> bool:
    """Keep what a request changed in its session; False when it has ended meanwhile. Raises StoreAway."""
    with reported():
        return protocol.keep(platform.store, session, limits(platform), used=used, content=content)


def end(platform: Platform, found: SignedIn, request_id: str) -> None:
    """Sign out. Raises StoreAway; then the session has not ended."""
    with reported():
        protocol.end(platform.store, _author(found.identity, "sign_out", request_id), [found.session])


def _author(identity: Identity, operation: str, request_id: str) -> Author:
    return Author(identity.subject, "page", "", operation, identity.role, request_id)
