"""Accounts of services: read by everybody who may look, changed by admins, their secrets never given out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from runners.engine.audit import Entry
from runners.engine.clock import rfc3339
from runners.engine.errors import NotFound, Stale, Unreadable
from runners.engine.events import EventType
from runners.engine.integrations import account as accounts
from runners.engine.integrations.account import Account
from runners.engine.integrations.account_change import check_names
from runners.engine.integrations.account_trial import try_account
from runners.engine.integrations.sealing import sealing, unreadable
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import records as protocol
from runners.engine.protocol.records import Put, Remove, Said
from runners.engine.store import records
from runners.engine.store.page import Page
from runners.engine.store.records import Record

TRIES = 5
"""How often a change is tried again when somebody else's came in between."""


@dataclass(frozen=True, slots=True)
class SavedAccount:
    """What saving did, and the account as it is now."""

    status: Literal["created", "updated", "unchanged"]
    account: Account


@operation(Role.VIEWER)
def list_accounts(
    platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[Account]:
    """Return a page of the accounts, in the order of their providers and ids."""
    page = records.list_records(platform.store, "account", limit, offset, cursor)
    found = tuple(_account(platform, record) for record in page.rows)
    return Page(found, page.total, page.next_cursor, page.complete, page.unreadable)


@operation(Role.VIEWER)
def get_account(platform: Platform, actor: Actor, provider: str, account_id: str) -> Account:
    """Return the account. Raises NotFound and Unreadable."""
    record = records.load_record(platform.store, "account", f"{provider}/{account_id}")
    if record is None:
        raise NotFound(f"account '{provider}/{account_id}' does not exist")
    return _account(platform, record)


@operation(Role.ADMIN)
def save_account(
    platform: Platform,
    actor: Actor,
    provider: str,
    account_id: str,
    raw: Mapping[str, Any],
    create_only: bool = False,
    expected_version: int | None = None,
) -> SavedAccount:
    """Make the account, or change what `raw` names of it.

    Raises Invalid (for what is no name as well), Stale when it is not of `expected_version` (or exists, with `create_only`), and NoKey.
    """
    check_names(provider, account_id)
    name = f"{provider}/{account_id}"
    for attempt in range(TRIES):
        record = records.load_record(platform.store, "account", name)
        before = _account(platform, record) if record else Account(provider, account_id)
        _refuse_stale(before, create_only, expected_version)
        content = accounts.changed(before, raw, sealing(platform, "account", name))
        if record and content == record.content:
            return SavedAccount("unchanged", before)
        said = Said(EventType.INTEGRATION_ACCOUNT_UPSERTED, _about(actor, before) | {"fields": sorted(raw)})
        try:
            put = Put("account", name, content, before.version)
            entry = Entry(
                actor.author(), f"account:{name}", _put_down(record.content if record else None), _put_down(content)
            )
            protocol.change(platform.store, entry, [put], [said])
        except Stale:
            if attempt == TRIES - 1:
                raise
            continue
        break
    return SavedAccount("updated" if record else "created", get_account(platform, actor, provider, account_id))


@operation(Role.ADMIN)
def delete_account(
    platform: Platform, actor: Actor, provider: str, account_id: str, expected_version: int | None = None
) -> None:
    """Delete the account and its secrets; jobs that refer to it fail with that reason. Raises NotFound and Stale."""
    name = f"{provider}/{account_id}"
    if name not in records.names(platform.store, "account"):
        raise NotFound(f"account '{name}' does not exist")
    record = records.load_records(platform.store, "account", [name]).get(name)
    entry = Entry(actor.author(), f"account:{name}", _put_down(record.content if record else None), None)
    said = Said(EventType.INTEGRATION_ACCOUNT_DELETED, _about(actor, Account(provider, account_id)))
    protocol.change(platform.store, entry, [Remove("account", name, expected_version)], [said])


@operation(Role.ADMIN)
def test_account(platform: Platform, actor: Actor, provider: str, account_id: str) -> Account:
    """Ask the account's service whether it takes the credentials, and return the account with how that went.

    It takes at most ten seconds. Raises NotFound, Unreadable, and Stale when the account was changed meanwhile.
    """
    account = get_account(platform, actor, provider, account_id)
    trial = try_account(platform, account)
    outcome = {**trial.content(), "tested_at": rfc3339(platform.store.now())}
    entry = Entry(actor.author(), f"account:{account.name}", None, {"tested": outcome})
    if not protocol.keep_test(platform.store, entry, "account", account.name, account.version, outcome):
        raise Stale(f"account '{account.name}' was changed while it was tried; try again")
    return replace(account, tested=outcome)


@operation(Role.VIEWER)
def export_accounts(platform: Platform, actor: Actor) -> list[dict[str, Any]]:
    """Return every account for an export, without its secrets: an import of it asks for them again."""
    names = records.names(platform.store, "account")
    found = records.load_records(platform.store, "account", names)
    return [_document(_account(platform, record)) for record in found.values()]


def _document(account: Account) -> dict[str, Any]:
    return {
        "provider": account.provider,
        "account_id": account.account_id,
        "label": account.label,
        "enabled": account.enabled,
        "base_url": account.base_url,
        "config": accounts.without_secrets(account),
    }


def _account(platform: Platform, record: Record) -> Account:
    try:
        return accounts.read(
            record.name,
            record.content,
            version=record.version,
            made_at=record.made_at,
            updated_at=record.updated_at,
            tested=record.tested,
            unreadable=unreadable(platform, record.content["sealed"]),
        )
    except (KeyError, TypeError) as fault:
        raise Unreadable(f"account '{record.name}': its record cannot be read ({fault!r:.200}); delete it") from fault


def _refuse_stale(before: Account, create_only: bool, expected_version: int | None) -> None:
    if create_only and before.version:
        raise Stale(f"account '{before.name}' exists already; choose another id, or change it")
    if expected_version is not None and before.version != expected_version:
        found = f"is at version {before.version}" if before.version else "does not exist"
        raise Stale(f"account '{before.name}' {found}, not at version {expected_version}; read it again")


def _put_down(content: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what the audit says of an account: all that is shown, masks included, and nothing that is sealed."""
    return None if content is None else {name: part for name, part in content.items() if name != "sealed"}


def _about(actor: Actor, account: Account) -> dict[str, Any]:
    return {"provider": account.provider, "account_id": account.account_id, "actor": actor.name}
