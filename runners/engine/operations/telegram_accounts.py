"""Telegram accounts: read by everybody who may look, changed and tried by admins; the connector serves what is kept here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runners.engine.events import EventType
from runners.engine.integrations.telegram_account import TelegramAccount, changed
from runners.engine.integrations.telegram_trial import try_telegram
from runners.engine.operations.channel_accounts import Channel, Saved
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store.channel_accounts import TELEGRAM_ACCOUNTS
from runners.engine.store.page import Page

CHANNEL = Channel(
    TELEGRAM_ACCOUNTS,
    TelegramAccount,
    changed,
    try_telegram,
    EventType.CONNECTOR_TELEGRAM_ACCOUNT_UPSERTED,
    EventType.CONNECTOR_TELEGRAM_ACCOUNT_DELETED,
)


@operation(Role.VIEWER)
def list_telegram_accounts(
    platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[TelegramAccount]:
    """Return a page of the stored Telegram accounts, in the order of their ids."""
    return CHANNEL.page(platform, limit, offset, cursor)


@operation(Role.VIEWER)
def get_telegram_account(platform: Platform, actor: Actor, account_id: str) -> TelegramAccount:
    """Return the Telegram account. Raises NotFound and Unreadable."""
    return CHANNEL.get(platform, account_id)


@operation(Role.ADMIN)
def save_telegram_account(
    platform: Platform,
    actor: Actor,
    account_id: str,
    raw: Mapping[str, Any],
    create_only: bool = False,
    expected_version: int | None = None,
) -> Saved[TelegramAccount]:
    """Make the Telegram account, or change what `raw` names of it; the connector takes it up within seconds.

    Raises Invalid, Stale when it is not of `expected_version` (or exists, with `create_only`), and NoKey.
    """
    return CHANNEL.save(platform, actor, account_id, raw, create_only, expected_version)


@operation(Role.ADMIN)
def delete_telegram_account(
    platform: Platform, actor: Actor, account_id: str, expected_version: int | None = None
) -> None:
    """Delete the Telegram account and its token; the connector stops answering it. Raises NotFound and Stale."""
    CHANNEL.delete(platform, actor, account_id, expected_version)


@operation(Role.ADMIN)
def test_telegram_account(platform: Platform, actor: Actor, account_id: str) -> TelegramAccount:
    """Ask the Bot API whose token it is, and keep how that went; it takes at most ten seconds.

    Raises NotFound, Unreadable, and Stale when the account was changed meanwhile.
    """
    return CHANNEL.test(platform, actor, account_id)
