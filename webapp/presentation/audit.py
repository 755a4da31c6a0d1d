"""What an entry of the audit says, for people: what differs, field by field."""

from __future__ import annotations

from typing import Any

from runners.engine.job.difference import ABSENT, Difference
from runners.engine.operations import AuditEntry

ITEMS_SHOWN = 50


def changes(entry: AuditEntry) -> list[Difference]:
    """Return the fields that the entry names, in their order, before and after."""
    before, after = _fields(entry.said.get("before")), _fields(entry.said.get("after"))
    names = [*before, *(name for name in after if name not in before)]
    return [Difference((name,), before.get(name, ABSENT), after.get(name, ABSENT)) for name in names]


def items(entry: AuditEntry) -> list[dict[str, Any]]:
    """Return the parts of a change of many things, as far as a page shows them."""
    return [item for item in entry.said.get("items", ()) if isinstance(item, dict)][:ITEMS_SHOWN]


def _fields(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
