"""Notification rules and what became of their notices; for admins, because a rule tells others what happens here."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from runners.engine.audit import Entry
from runners.engine.errors import NotFound
from runners.engine.events import EventType
from runners.engine.integrations.sealing import sealing
from runners.engine.notifications.rule import Rule, check_change, content_of, stored_rule
from runners.engine.operations import keeping
from runners.engine.operations.keeping import Status, existing, over_others, refuse_stale
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import notify, records
from runners.engine.protocol.records import Put, Said
from runners.engine.secret_fields import Kept, merged
from runners.engine.store import deliveries as stored
from runners.engine.store.deliveries import Delivery, DeliveryFilter, DeliveryStatus
from runners.engine.store.page import Page
from runners.engine.store.records import list_records, load_record

ALL_SECRET = frozenset({"webhook"})
"""The whole address of a webhook lets anyone write to it, so it is kept as a secret too."""
TEST_LOOK_SEC = 0.2
"""Who sends does not know who waits. A read now and then costs less than a connection that blocks for each who tries."""


@dataclass(frozen=True, slots=True)
class SavedRule:
    """What saving did. `secret` signs the rule's webhooks; it is told once, when it was made here, else None."""

    status: Status
    rule: Rule
    secret: str | None


@operation(Role.ADMIN)
def list_rules(platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None) -> Page[Rule]:
    """Return a page of the rules, in the order of their ids."""
    page = list_records(platform.store, "rule", limit, offset, cursor)
    return keeping.page_of(page, stored_rule)


@operation(Role.ADMIN)
def get_rule(platform: Platform, actor: Actor, rule_id: str) -> Rule:
    """Return the rule. Raises NotFound and Unreadable."""
    return stored_rule(existing(platform, "rule", rule_id))


@operation(Role.ADMIN)
def save_rule(
    platform: Platform, actor: Actor, rule_id: str, patch: Mapping[str, Any], expected: int | None = None
) -> SavedRule:
    """Create the rule, or change what `patch` names; a webhook without a secret gets one.

    Raises Invalid with all problems, Stale when it is not at the `expected` version (0: not there), and NoKey.
    """
    check_change(patch)
    save = partial(_save, platform, actor, rule_id, patch, expected)
    return save() if expected is not None else over_others(save)


@operation(Role.ADMIN)
def delete_rule(platform: Platform, actor: Actor, rule_id: str, expected: int | None = None) -> None:
    """Delete the rule; what it has still to send is not sent. Raises NotFound, and Stale as `save_rule` does."""
    said = Said(EventType.NOTIFICATION_RULE_DELETED, {"rule_id": rule_id, "actor": actor.name})
    keeping.delete(platform, actor, "rule", rule_id, said, expected)


@operation(Role.ADMIN)
def test_rule(platform: Platform, actor: Actor, rule_id: str, patience: timedelta) -> Delivery:
    """Send a test notice on the way that every notice takes, and wait for its end, at most `patience`.

    One that is still waiting then is tried again like any other; when none was begun, no process tells of anything.
    """
    existing(platform, "rule", rule_id)
    delivery_id, ends = f"ntf_test_{secrets.token_hex(8)}", time.monotonic() + patience.total_seconds()
    entry = Entry(actor.author(), f"rule:{rule_id}", None, {"delivery_id": delivery_id})
    notify.make_test(platform.store, entry, delivery_id, rule_id)
    while True:
        found = stored.load_delivery(platform.store, delivery_id)
        if found is None:
            raise NotFound(f"delivery '{delivery_id}' is gone")
        if found.status is not DeliveryStatus.WAITING or found.error or time.monotonic() >= ends:
            return found
        time.sleep(TEST_LOOK_SEC)


@operation(Role.ADMIN)
def list_deliveries(
    platform: Platform,
    actor: Actor,
    wanted: DeliveryFilter,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
) -> Page[Delivery]:
    """Return a page of what rules have sent, or have still to send, newest first."""
    return stored.list_deliveries(platform.store, wanted, limit, offset, cursor)


def _save(platform: Platform, actor: Actor, rule_id: str, patch: Mapping[str, Any], expected: int | None) -> SavedRule:
    record = load_record(platform.store, "rule", rule_id)
    at = record.version if record else 0
    refuse_stale("rule", rule_id, at, expected)
    before = Kept.of(record.content) if record else Kept()
    patch, made = _with_secret(patch, before)
    kept = merged(before, patch, sealing(platform, "rule", rule_id), ALL_SECRET)
    content_of(kept.shown)
    if record and kept == before:
        return SavedRule("unchanged", stored_rule(record), None)
    said = Said(EventType.NOTIFICATION_RULE_UPSERTED, {"rule_id": rule_id, "actor": actor.name})
    put = Put("rule", rule_id, {"shown": kept.shown, "sealed": dict(kept.sealed)}, expected=at)
    entry = Entry(actor.author(), f"rule:{rule_id}", before.shown if record else None, kept.shown)
    records.change(platform.store, entry, [put], [said])
    return SavedRule("updated" if record else "created", get_rule(platform, actor, rule_id), made)


def _with_secret(patch: Mapping[str, Any], before: Kept) -> tuple[Mapping[str, Any], str | None]:
    """Return the patch with a secret in it, and that secret, when a webhook would have none."""
    webhook = patch.get("webhook")
    if not isinstance(webhook, dict) or webhook.get("secret") or "webhook/secret" in before.sealed:
        return patch, None
    made = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    return {**patch, "webhook": {**webhook, "secret": made}}, made
