"""Who is told of what, and what became of it; contract §7."""

from __future__ import annotations

from datetime import timedelta

from flask import Response

from runners.engine import operations
from runners.engine.notifications.rule import RuleChange
from runners.engine.operations import Role
from webapp.api import preconditions
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import DeliveryQuery, RowQuery
from webapp.api.jobs import NoFields
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.notifications import (
    DeletedRuleRow,
    DeliveryRow,
    RuleRow,
    SavedRuleRow,
    delivery_row,
    rule_row,
    saved_rule_row,
)

PATH = "/notifications/rules/{rule_id}"
PATIENCE = timedelta(seconds=10)


@endpoint("GET", "/notifications/rules", Role.ADMIN, query=RowQuery, answers={200: list[RuleRow]}, paged=True)
def list_notification_rules(query: RowQuery) -> Response:
    """List the rules in the order of their ids."""
    page = operations.list_rules(platform(), actor(), query.limit, query.offset, query.cursor)
    return many(page, rule_row)


@endpoint("GET", PATH, Role.ADMIN, answers={200: RuleRow}, versioned=True, refusals=(409,))
def read_notification_rule(rule_id: str) -> Response:
    """Read one rule; the webhook's address and secret are masks."""
    rule = operations.get_rule(platform(), actor(), rule_id)
    return preconditions.one_tagged(rule_row(rule), rule.version)


@endpoint(
    "PUT",
    PATH,
    Role.ADMIN,
    body=RuleChange,
    answers={200: SavedRuleRow, 201: SavedRuleRow},
    versioned=True,
    creates=True,
    refusals=(409,),
)
def save_notification_rule(rule_id: str) -> Response:
    """Make a rule, or change what the body names of it; null puts a field back to its default."""
    raw = json_object()
    expected = 0 if preconditions.create_only() else _expected(rule_id)
    saved = operations.save_rule(platform(), actor(), rule_id, raw, expected)
    return preconditions.saved(saved_rule_row(saved), f"/notifications/rules/{rule_id}", saved.rule.version)


@endpoint("DELETE", PATH, Role.ADMIN, answers={200: DeletedRuleRow}, versioned=True)
def delete_notification_rule(rule_id: str) -> Response:
    """Delete a rule; what it has still to send is not sent."""
    operations.delete_rule(platform(), actor(), rule_id, _expected(rule_id))
    row: DeletedRuleRow = {"rule_id": rule_id, "status": "deleted"}
    return one(row)


@endpoint("POST", f"{PATH}/test", Role.ADMIN, body=NoFields, body_optional=True, answers={200: DeliveryRow})
def test_notification_rule(rule_id: str) -> Response:
    """Send a test notice on the way that every notice takes, and wait up to ten seconds for its end."""
    model_of(NoFields, json_object(optional=True))
    return one(delivery_row(operations.test_rule(platform(), actor(), rule_id, PATIENCE)))


@endpoint(
    "GET",
    "/notifications/deliveries",
    Role.ADMIN,
    query=DeliveryQuery,
    answers={200: list[DeliveryRow]},
    paged=True,
)
def list_notification_deliveries(query: DeliveryQuery) -> Response:
    """List what rules have sent, could not send, and have still to send, newest first."""
    page = operations.list_deliveries(platform(), actor(), query.filter(), query.limit, query.offset, query.cursor)
    return many(page, delivery_row)


def _expected(rule_id: str) -> int | None:
    def version() -> int:
        return operations.get_rule(platform(), actor(), rule_id).version

    return preconditions.expected_record(f"notification rule '{rule_id}'", version)
