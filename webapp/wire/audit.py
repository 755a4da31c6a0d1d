"""The audit as JSON; contract §8."""

from __future__ import annotations

from typing import Any

from runners.engine.store.audit import AuditEntry, TurnedAway
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class AuditRow(Shape):
    """One entry: who did what to which object, through which door, and what became of it.

    `before` and `after` hold what differs, secrets masked and long values named by length and digest; `items` are the parts
    of a change of many things. `seal` is made with the key `key_id` over the entry and the seal before it.
    """

    id: str
    number: int
    at: Stamp
    actor: str
    role: str
    surface: str
    operation: str
    object: str
    outcome: str
    request_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    items: list[dict[str, Any]]
    key_id: str
    seal: str


class TurnedAwayRow(Shape):
    """Refusals of somebody unknown that are alike: how many, when, and what was refused."""

    count: int
    first_at: Stamp
    last_at: Stamp
    about: dict[str, Any]


def audit_row(entry: AuditEntry) -> AuditRow:
    """Return `entry` for the wire; what cannot be read of it is empty."""
    row, said = entry.row, entry.said
    return {
        "id": str(row.id),
        "number": row.number,
        "at": stamp(entry.at),
        "actor": _word(said, "actor"),
        "role": _word(said, "role"),
        "surface": _word(said, "surface"),
        "operation": _word(said, "operation"),
        "object": _word(said, "object"),
        "outcome": _word(said, "outcome"),
        "request_id": _word(said, "request_id"),
        "before": _fields(said.get("before")),
        "after": _fields(said.get("after")),
        "items": [item for item in said.get("items", ()) if isinstance(item, dict)],
        "key_id": row.key,
        "seal": row.seal,
    }


def turned_away_row(row: TurnedAway) -> TurnedAwayRow:
    """Return `row` for the wire."""
    return {
        "count": row.count,
        "first_at": stamp(row.first_at),
        "last_at": stamp(row.last_at),
        "about": row.about,
    }


def _word(said: dict[str, Any], name: str) -> str:
    return str(said.get(name, ""))


def _fields(value: object) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None
