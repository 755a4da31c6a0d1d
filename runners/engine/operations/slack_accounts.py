"""Slack accounts: read by everybody who may look, changed and tried by admins; the connector serves what is kept here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from runners.engine.clock import rfc3339
from runners.engine.events import EventType
from runners.engine.integrations import slack_account as accounts
from runners.engine.integrations.sealing import sealing, unreadable
from runners.engine.integrations.slack_account import SlackAccount
from runners.engine.integrations.slack_trial import try_slack
from runners.engine.operations import keeping
from runners.engine.operations.keeping import Status
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol.records import Said
from runners.engine.store import records
from runners.engine.store.page import Page
from runners.engine.store.records import Record
from runners.engine.store.slack_accounts import read_account


@dataclass(frozen=True, slots=True)
class SavedSlackAccount:
    """What saving did, and the account as it is now."""

    status: Status
    account: SlackAccount


@operation(Role.VIEWER)
def list_slack_accounts(
    platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[SlackAccount]:
    """Return a page of the stored Slack accounts, in the order of their ids."""
    page = records.list_records(platform.store, "slack", limit, offset, cursor)
    found = tuple(_known(platform, read_account(record)) for record in page.rows)
    return Page(found, page.total, page.next_cursor, page.complete, page.unreadable)


@operation(Role.VIEWER)
def get_slack_account(platform: Platform, actor: Actor, account_id: str) -> SlackAccount:
    """Return the Slack account. Raises NotFound and Unreadable."""
    return _known(platform, read_account(keeping.existing(platform, "slack", account_id)))


@operation(Role.ADMIN)
def save_slack_account(
    platform: Platform,
    actor: Actor,
    account_id: str,
    raw: Mapping[str, Any],
    create_only: bool = False,
    expected_version: int | None = None,
) -> SavedSlackAccount:
    """Make the Slack account, or change what `raw` names of it; the connector takes it up within seconds.

    Raises Invalid, Stale when it is not of `expected_version` (or exists, with `create_only`), and NoKey.
    """
    seal = sealing(platform, "slack", account_id)

    def content(record: Record | None) -> dict[str, Any]:
        return accounts.changed(read_account(record) if record else SlackAccount(account_id), raw, seal)

    about = {"account_id": account_id, "actor": actor.name, "fields": sorted(raw)}
    said = Said(EventType.CONNECTOR_SLACK_ACCOUNT_UPSERTED, about)
    status = keeping.save(platform, actor, "slack", account_id, content, said, create_only, expected_version)
    return SavedSlackAccount(status, get_slack_account(platform, actor, account_id))


@operation(Role.ADMIN)
def delete_slack_account(
    platform: Platform, actor: Actor, account_id: str, expected_version: int | None = None
) -> None:
    """Delete the Slack account and its secrets; the connector stops answering it. Raises NotFound and Stale."""
    about = {"account_id": account_id, "actor": actor.name}
    said = Said(EventType.CONNECTOR_SLACK_ACCOUNT_DELETED, about)
    keeping.delete(platform, actor, "slack", account_id, said, expected_version)


@operation(Role.ADMIN)
def test_slack_account(platform: Platform, actor: Actor, account_id: str) -> SlackAccount:
    """Ask the Web API whose token it is, and keep how that went; it takes at most ten seconds.

    Raises NotFound, Unreadable, and Stale when the account was changed meanwhile.
    """
    account = get_slack_account(platform, actor, account_id)
    outcome = {**try_slack(platform.settings, account).content(), "tested_at": rfc3339(platform.store.now())}
    keeping.keep_test(platform, actor, "slack", account_id, account.version, outcome, {"tested": outcome})
    return replace(account, tested=outcome)


def _known(platform: Platform, account: SlackAccount) -> SlackAccount:
    return replace(account, readable=not unreadable(platform, account.kept.sealed))
