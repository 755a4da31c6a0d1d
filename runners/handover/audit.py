"""Bringing the audit over: each entry is sealed anew behind those of the server, and says when it was written."""

from __future__ import annotations

from typing import Any

from runners.engine.audit import Author, Entry
from runners.engine.clock import rfc3339
from runners.engine.store import audit
from runners.engine.store.audit import AuditEntry, read_entry
from runners.engine.store.connection import Store


def entries(source: Store) -> list[Entry]:
    """Return the entries of a store as they are to be put down elsewhere, the oldest first."""
    return [_again(entry) for entry in (read_entry(text) for text, _ in audit.walk(source)) if entry]


def _again(entry: AuditEntry) -> Entry:
    said = entry.said
    words = [str(said.get(name, "")) for name in ("actor", "surface", "operation", "role", "request_id")]
    actor, surface, operation, role, request_id = words
    author = Author(actor, surface, "", operation, role, request_id)
    after: dict[str, Any] = {**(said.get("after") or {}), "written_in_memory_at": rfc3339(entry.at)}
    outcome = str(said.get("outcome", "done"))
    return Entry(author, str(said.get("object", "")), said.get("before"), after, outcome, said.get("items", ()))
