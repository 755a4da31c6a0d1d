"""Rules and events for tests; only what matters is said."""

from datetime import UTC, datetime
from typing import Any

from runners.engine.notifications.rule import Rule, content_of
from runners.engine.store.event_log import Event

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def rule(rule_id: str = "ops", version: int = 1, **fields: Any) -> Rule:
    """A rule that tells of failed runs by e-mail."""
    shown = {"events": ["run.failed"], "channel": "email", "email": {"to": ["ops@example.org"]}}
    return Rule(rule_id, version, content_of(shown | fields), NOON)


def event(type: str = "run.failed", number: int = 1, **data: Any) -> Event:
    """An event."""
    return Event(str(number), type, NOON, data)
