"""Slack accounts: read by everybody who may look, changed and tried by admins; the connector serves what is kept here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runners.engine.events import EventType
from runners.engine.integrations.slack_account import SlackAccount, changed
from runners.engine.integrations.slack_trial import try_slack
from runners.engine.operations.channel_accounts import Channel, Saved
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store.channel_accounts import SLACK_ACCOUNTS
from runners.engine.store.page import Page

CHANNEL = Channel(
    SLACK_ACCOUNTS,
    SlackAccount,
    changed,
    try_slack,
    EventType.CONNECTOR_SLACK_ACCOUNT_UPSERTED,
    EventType.CONNECTOR_SLACK_ACCOUNT_DELETED,
)


@operation(Role.VIEWER)
def list_slack_accounts(
    platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[SlackAccount]:
    """Return a page of the stored Slack accounts, in the order of their ids."""
    return CHANNEL.page(platform, limit, offset, cursor)


@operation(Role.VIEWER)
def get_slack_account(platform: Platform, actor: Actor, account_id: str) -> SlackAccount:
    """Return the Slack account. Raises NotFound and Unreadable."""
    return CHANNEL.get(platform, account_id)


@operation(Role.ADMIN)
def save_slack_account(
    platform: Platform,
    actor: Actor,
    account_id: str,
    raw: Mapping[str, Any],
    create_only: bool = False,
    expected_version: int | None = None,
) -> Saved[SlackAccount]:
    """Make the Slack account, or change what `raw` names of it; the connector takes it up within seconds.

    Raises Invalid, Stale when it is not of `expected_version` (or exists, with `create_only`), and NoKey.
    """
    return CHANNEL.save(platform, actor, account_id, raw, create_only, expected_version)


@operation(Role.ADMIN)
def delete_slack_account(
    platform: Platform, actor: Actor, account_id: str, expected_version: int | None = None
) -> None:
    """Delete the Slack account and its secrets; the connector stops answering it. Raises NotFound and Stale."""
    CHANNEL.delete(platform, actor, account_id, expected_version)


@operation(Role.ADMIN)
def test_slack_account(platform: Platform, actor: Actor, account_id: str) -> SlackAccount:
    """Ask the Web API whose token it is, and keep how that went; it takes at most ten seconds.

    Raises NotFound, Unreadable, and Stale when the account was changed meanwhile.
    """
    return CHANNEL.test(platform, actor, account_id)
