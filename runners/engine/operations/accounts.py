"""Accounts of services: read by everybody who may look, changed by admins, their secrets never given out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from runners.engine.clock import rfc3339
from runners.engine.errors import Unreadable
from runners.engine.events import EventType
from runners.engine.integrations import account as accounts
from runners.engine.integrations.account import Account
from runners.engine.integrations.account_change import check_names
from runners.engine.integrations.account_trial import try_account
from runners.engine.integrations.sealing import sealing, unreadable
from runners.engine.operations import keeping
from runners.engine.operations.keeping import Status
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol.records import Said
from runners.engine.secret_fields import Kept
from runners.engine.store import records
from runners.engine.store.page import Page
from runners.engine.store.records import Record


@dataclass(frozen=True, slots=True)
class SavedAccount:
    """What saving did, and the account as it is now."""

    status: Status
    account: Account


@operation(Role.VIEWER)
def list_accounts(
    platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[Account]:
    """Return a page of the accounts, in the order of their providers and ids."""
    page = records.list_records(platform.store, "account", limit, offset, cursor)
    return keeping.page_of(page, lambda record: _account(platform, record))


@operation(Role.VIEWER)
def get_account(platform: Platform, actor: Actor, provider: str, account_id: str) -> Account:
    """Return the account. Raises NotFound and Unreadable."""
    return _account(platform, keeping.existing(platform, "account", f"{provider}/{account_id}"))


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
    seal = sealing(platform, "account", name)

    def content(record: Record | None) -> dict[str, Any]:
        before = _account(platform, record) if record else Account(provider, account_id)
        return accounts.changed(before, raw, seal)

    about = _about(actor, provider, account_id) | {"fields": sorted(raw)}
    said = Said(EventType.INTEGRATION_ACCOUNT_UPSERTED, about)
    status = keeping.save(platform, actor, "account", name, content, said, create_only, expected_version)
    return SavedAccount(status, get_account(platform, actor, provider, account_id))


@operation(Role.ADMIN)
def delete_account(
    platform: Platform, actor: Actor, provider: str, account_id: str, expected_version: int | None = None
) -> None:
    """Delete the account and its secrets; jobs that refer to it fail with that reason. Raises NotFound and Stale."""
    said = Said(EventType.INTEGRATION_ACCOUNT_DELETED, _about(actor, provider, account_id))
    keeping.delete(platform, actor, "account", f"{provider}/{account_id}", said, expected_version)


@operation(Role.ADMIN)
def test_account(platform: Platform, actor: Actor, provider: str, account_id: str) -> Account:
    """Ask the account's service whether it takes the credentials, and return the account with how that went.

    It takes at most ten seconds. Raises NotFound, Unreadable, and Stale when the account was changed meanwhile.
    """
    account = get_account(platform, actor, provider, account_id)
    trial = try_account(platform, account)
    outcome = {**trial.content(), "tested_at": rfc3339(platform.store.now())}
    keeping.keep_test(platform, actor, "account", account.name, account.version, outcome, {"tested": outcome})
    return replace(account, tested=outcome)


def export_accounts(platform: Platform) -> tuple[list[dict[str, Any]], list[str]]:
    """Return every account for an export, without its secrets, and those that cannot be read, as `account:…`.

    An import asks for the secrets again.
    """
    store, documents, broken = platform.store, [], []
    names = records.names(store, "account")
    found = records.load_records(store, "account", names)
    for name in names:
        try:
            documents.append(_document(_account(platform, found[name])))
        except (KeyError, Unreadable):
            broken += [f"account:{name}"] if store.redis.exists(store.keys.record("account", name)) else []
    return documents, broken


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
            unreadable=unreadable(platform, Kept.of(record.content).sealed),
        )
    except (KeyError, TypeError) as fault:
        raise Unreadable(f"account '{record.name}': its record cannot be read ({fault!r:.200}); delete it") from fault


def _about(actor: Actor, provider: str, account_id: str) -> dict[str, Any]:
    return {"provider": provider, "account_id": account_id, "actor": actor.name}
