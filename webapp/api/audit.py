"""The audit, for administrators; contract §8."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.operations import Role
from webapp.api.answer import many
from webapp.api.endpoint import endpoint
from webapp.api.filters import AuditQuery, TurnedAwayQuery
from webapp.asking import actor, platform
from webapp.wire.audit import AuditRow, TurnedAwayRow, audit_row, turned_away_row


@endpoint("GET", "/audit/logs", Role.ADMIN, query=AuditQuery, answers={200: list[AuditRow]}, paged=True)
def list_audit(query: AuditQuery) -> Response:
    """List the audit's entries, newest first: every change and every refusal of somebody known."""
    page = operations.list_audit(platform(), actor(), query.filter(), query.limit, query.offset, query.cursor)
    return many(page, audit_row)


@endpoint(
    "GET", "/audit/turned-away", Role.ADMIN, query=TurnedAwayQuery, answers={200: list[TurnedAwayRow]}, paged=True
)
def list_turned_away(query: TurnedAwayQuery) -> Response:
    """List the refusals of those who are not known, alike ones counted, the latest first."""
    return many(operations.list_turned_away(platform(), actor(), query.limit, query.offset), turned_away_row)
