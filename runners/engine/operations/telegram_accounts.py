"""Telegram accounts: read by everybody who may look, changed and tried by admins; the connector serves what is kept here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from runners.engine.audit import Entry
from runners.engine.clock import rfc3339
from runners.engine.errors import NotFound, Stale
from runners.engine.events import EventType
from runners.engine.integrations import telegram_account as accounts
from runners.engine.integrations.sealing import sealing, unreadable
from runners.engine.integrations.telegram_account import TelegramAccount
from runners.engine.integrations.telegram_trial import try_telegram
from runners.engine.operations.mcp_servers import put_down
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import records as protocol
from runners.engine.protocol.records import Put, Remove, Said
from runners.engine.store import records
from runners.engine.store.page import Page
from runners.engine.store.telegram_accounts import read_account

TRIES = 5
"""How often a change is tried again when somebody else's came in between."""


@dataclass(frozen=True, slots=True)
class SavedTelegramAccount:
    """What saving did, and the account as it is now."""

    status: Literal["created", "updated", "unchanged"]
    account: TelegramAccount


@operation(Role.VIEWER)
def list_telegram_accounts(
    platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[TelegramAccount]:
    """Return a page of the stored Telegram accounts, in the order of their ids."""
    page = records.list_records(platform.store, "telegram", limit, offset, cursor)
    found = tuple(_known(platform, read_account(record)) for record in page.rows)
    return Page(found, page.total, page.next_cursor, page.complete, page.unreadable)


@operation(Role.VIEWER)
def get_telegram_account(platform: Platform, actor: Actor, account_id: str) -> TelegramAccount:
    """Return the Telegram account. Raises NotFound and Unreadable."""
    record = records.load_record(platform.store, "telegram", account_id)
    if record is None:
        raise NotFound(f"Telegram account '{account_id}' does not exist")
    return _known(platform, read_account(record))


@operation(Role.ADMIN)
def save_telegram_account(
    platform: Platform,
    actor: Actor,
    account_id: str,
    raw: Mapping[str, Any],
    create_only: bool = False,
    expected_version: int | None = None,
) -> SavedTelegramAccount:
    """Make the Telegram account, or change what `raw` names of it; the connector takes it up within seconds.

    Raises Invalid, Stale when it is not of `expected_version` (or exists, with `create_only`), and NoKey.
    """
    for attempt in range(TRIES):
        record = records.load_record(platform.store, "telegram", account_id)
        before = read_account(record) if record else TelegramAccount(account_id)
        _refuse_stale(before, create_only, expected_version)
        content = accounts.changed(before, raw, sealing(platform, "telegram", account_id))
        if record and content == record.content:
            return SavedTelegramAccount("unchanged", _known(platform, before))
        about = {"account_id": account_id, "actor": actor.name, "fields": sorted(raw)}
        said = Said(EventType.CONNECTOR_TELEGRAM_ACCOUNT_UPSERTED, about)
        entry = Entry(actor.author(), f"telegram:{account_id}", put_down(record), put_down(content))
        try:
            protocol.change(platform.store, entry, [Put("telegram", account_id, content, before.version)], [said])
        except Stale:
            if attempt == TRIES - 1:
                raise
            continue
        break
    return SavedTelegramAccount("updated" if record else "created", get_telegram_account(platform, actor, account_id))


@operation(Role.ADMIN)
def delete_telegram_account(
    platform: Platform, actor: Actor, account_id: str, expected_version: int | None = None
) -> None:
    """Delete the Telegram account and its token; the connector stops answering it. Raises NotFound and Stale."""
    if account_id not in records.names(platform.store, "telegram"):
        raise NotFound(f"Telegram account '{account_id}' does not exist")
    record = records.load_records(platform.store, "telegram", [account_id]).get(account_id)
    about = {"account_id": account_id, "actor": actor.name}
    entry = Entry(actor.author(), f"telegram:{account_id}", put_down(record), None)
    said = Said(EventType.CONNECTOR_TELEGRAM_ACCOUNT_DELETED, about)
    protocol.change(platform.store, entry, [Remove("telegram", account_id, expected_version)], [said])


@operation(Role.ADMIN)
def test_telegram_account(platform: Platform, actor: Actor, account_id: str) -> TelegramAccount:
    """Ask the Bot API whose token it is, and keep how that went; it takes at most ten seconds.

    Raises NotFound, Unreadable, and Stale when the account was changed meanwhile.
    """
    account = get_telegram_account(platform, actor, account_id)
    outcome = {**try_telegram(platform.settings, account).content(), "tested_at": rfc3339(platform.store.now())}
    entry = Entry(actor.author(), f"telegram:{account_id}", None, {"tested": outcome})
    if not protocol.keep_test(platform.store, entry, "telegram", account_id, account.version, outcome):
        raise Stale(f"Telegram account '{account_id}' was changed while it was tried; try again")
    return replace(account, tested=outcome)


def _known(platform: Platform, account: TelegramAccount) -> TelegramAccount:
    return replace(account, readable=not unreadable(platform, account.kept.sealed))


def _refuse_stale(before: TelegramAccount, create_only: bool, expected_version: int | None) -> None:
    if create_only and before.version:
        raise Stale(f"Telegram account '{before.account_id}' exists already; choose another id, or change it")
    if expected_version is not None and before.version != expected_version:
        found = f"is at version {before.version}" if before.version else "does not exist"
        raise Stale(f"Telegram account '{before.account_id}' {found}, not at version {expected_version}; read it again")
