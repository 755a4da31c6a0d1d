"""Typed calls of sign_in, keep_session and sign_out: the life of a browser's session."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from runners.engine.audit import Author, Entry
from runners.engine.clock import MILLISECOND
from runners.engine.protocol.audit import audited
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store
from runners.engine.store.sessions import KEPT, Session


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives: unused, and at all."""

    idle: timedelta
    life: timedelta


def begin(store: Store, author: Author, digest: str, fields: Mapping[str, str], limits: Limits, before: str) -> None:
    """Begin a session with `fields` (those of `Session`; the store adds the times), in the place of the one with the digest
    `before`, '' for none: both or neither."""
    pairs = [*chain.from_iterable(fields.items())]
    life, idle = limits.life // MILLISECOND, limits.idle // MILLISECOND
    told = {name: fields[name] for name in ("how", "browser", "address")}
    event = _json({"actor": fields["subject"], "role": fields["role"], "how": fields["how"]})
    entry = Entry(author, _who(fields["subject"]), after=told)
    audited(store, entry, "sign_in", digest, before, fields["owner"], life, idle, KEPT, event, len(pairs), *pairs)


def keep(store: Store, session: Session, limits: Limits, *, used: bool, content: str | None) -> bool:
    """Keep new `content` (None leaves it), and that the session was `used`; False when it has ended."""
    idle = limits.idle // MILLISECOND
    return bool(call(store, "keep_session", session.digest, "1" if used else "", idle, content or "") == "ok")


def end(store: Store, author: Author, sessions: Sequence[Session]) -> int:
    """End these sessions, all of one who signed in; returns how many there were."""
    if not sessions:
        return 0
    digests, subject = [one.digest for one in sessions], sessions[0].subject
    entry = Entry(author, _who(subject), before={"sessions": len(digests)})
    event = _json({"actor": author.name})
    return int(audited(store, entry, "sign_out", sessions[0].owner, event, len(digests), *digests))


def _who(subject: str) -> str:
    return subject if ":" in subject else f"person:{subject}"


def _json(about: Mapping[str, str]) -> str:
    return json.dumps(about, separators=(",", ":"))
