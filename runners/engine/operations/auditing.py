"""The audit as administrators read it; what is checked with the keys is checked on the command line."""

from __future__ import annotations

from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store import audit
from runners.engine.store.audit import AuditEntry, AuditFilter, TurnedAway
from runners.engine.store.page import Page


@operation(Role.ADMIN)
def list_audit(
    platform: Platform, actor: Actor, wanted: AuditFilter, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[AuditEntry]:
    """Return a page of the audit's entries, newest first."""
    return audit.list_entries(platform.store, wanted, limit, offset, cursor)


@operation(Role.ADMIN)
def list_turned_away(platform: Platform, actor: Actor, limit: int, offset: int = 0) -> Page[TurnedAway]:
    """Return a page of the refusals of those who are not known, alike ones counted, the latest first."""
    return audit.list_turned_away(platform.store, limit, offset)
