"""Notification rules and deliveries as JSON; secrets are masks."""

from typing import Literal

from runners.engine.clock import MILLISECOND
from runners.engine.notifications.rule import Channel, Rule
from runners.engine.operations import Delivery, SavedRule
from webapp.wire.events import EventRow, event_row
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class WebhookRow(Shape):
    """The masks of the address and of the secret that signs."""

    url: str
    secret: str


class EmailRow(Shape):
    """Whom the rule writes to."""

    to: list[str]


class TelegramRow(Shape):
    """Which bot writes to which chat."""

    account_id: str
    chat_id: int


class SlackRow(Shape):
    """By which account which chat is told."""

    account_id: str
    chat_id: str


class RuleRow(Shape):
    """One rule; of `webhook`, `email`, `telegram` and `slack` only the one of its `channel` is not null."""

    rule_id: str
    version: int
    description: str
    enabled: bool
    events: list[str]
    job_ids: list[str]
    tags: list[str]
    flow_groups: list[str]
    language: Literal["en", "id"]
    repeat_sec: int
    max_per_hour: int
    channel: Channel
    webhook: WebhookRow | None
    email: EmailRow | None
    telegram: TelegramRow | None
    slack: SlackRow | None


class SavedRuleRow(RuleRow):
    """The rule after the change. `secret` is the webhook's when one was made here: it is told this once, else null."""

    status: Literal["created", "updated", "unchanged"]
    secret: str | None


class DeletedRuleRow(Shape):
    """What was deleted."""

    rule_id: str
    status: Literal["deleted"]


class DeliveryRow(Shape):
    """One notice of one rule: `event` is null for a test, and for the notice that a limit is reached.

    `attempt` counts those that were begun; `due_at` is when the next one begins, null when it has ended. `repeats` counts
    what came untold: of the same thing since the last notice, or, of a limit, in this hour.
    """

    delivery_id: str
    kind: Literal["event", "limit", "test"]
    rule_id: str
    status: Literal["waiting", "sent", "failed"]
    attempt: int
    repeats: int
    created_at: Stamp
    due_at: Stamp | None
    ended_at: Stamp | None
    took_ms: int | None
    error: str | None
    event: EventRow | None


def rule_row(rule: Rule) -> RuleRow:
    """Return `rule` for the wire."""
    content = rule.content
    webhook, email, telegram, slack = content.webhook, content.email, content.telegram, content.slack
    return {
        "rule_id": rule.rule_id,
        "version": rule.version,
        "description": content.description,
        "enabled": content.enabled,
        "events": content.events,
        "job_ids": content.job_ids,
        "tags": content.tags,
        "flow_groups": content.flow_groups,
        "language": content.language,
        "repeat_sec": content.repeat_sec,
        "max_per_hour": content.max_per_hour,
        "channel": content.channel,
        "webhook": {"url": webhook.url or "", "secret": webhook.secret or ""} if webhook else None,
        "email": {"to": email.to} if email else None,
        "telegram": {"account_id": telegram.account_id, "chat_id": telegram.chat_id} if telegram else None,
        "slack": {"account_id": slack.account_id, "chat_id": slack.chat_id} if slack else None,
    }


def saved_rule_row(saved: SavedRule) -> SavedRuleRow:
    """Return what saving did, for the wire."""
    return {**rule_row(saved.rule), "status": saved.status, "secret": saved.secret}


def delivery_row(delivery: Delivery) -> DeliveryRow:
    """Return `delivery` for the wire."""
    return {
        "delivery_id": delivery.delivery_id,
        "kind": delivery.kind.value,
        "rule_id": delivery.rule_id,
        "status": delivery.status.value,
        "attempt": delivery.attempt,
        "repeats": delivery.repeats,
        "created_at": stamp(delivery.created_at),
        "due_at": stamp_or_none(delivery.due_at),
        "ended_at": stamp_or_none(delivery.ended_at),
        "took_ms": None if delivery.took is None else delivery.took // MILLISECOND,
        "error": delivery.error or None,
        "event": event_row(delivery.event) if delivery.event else None,
    }
