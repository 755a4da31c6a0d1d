"""Accounts as JSON: what is set for them, and masks where secrets are; contract §7."""

from collections.abc import Mapping
from typing import Any, Literal

from runners.engine.integrations.account import Account
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class TestedRow(Shape):
    """How a try of the connection went; `status` is the HTTP status, null when nothing answered."""

    outcome: Literal["ok", "refused", "failed"]
    detail: str
    status: int | None
    elapsed_ms: int
    tested_at: Stamp


class AccountRow(Shape):
    """One account. `secrets` and secret entries of `config` are masks: at most the last four characters.

    `unreadable` names the secrets that cannot be opened with the keys of this process: put their key back, or set them anew.
    `tested` is how the last try of this version went, null when it was never tried.
    """

    provider: str
    account_id: str
    label: str
    enabled: bool
    base_url: str | None
    config: dict[str, Any]
    has_secret: bool
    secrets: dict[str, str]
    unreadable: list[str]
    version: int
    tested: TestedRow | None
    created_at: Stamp
    updated_at: Stamp


class SavedAccountRow(AccountRow):
    """The account after a change, and what that was; `unchanged` wrote no version."""

    status: Literal["created", "updated", "unchanged"]


class DeletedAccountRow(Shape):
    """The answer to a deletion."""

    provider: str
    account_id: str
    status: Literal["deleted"]


def account_row(account: Account) -> AccountRow:
    """Return an account that exists for the wire."""
    assert account.made_at is not None and account.updated_at is not None, "what is shown was read from the store"
    return {
        "provider": account.provider,
        "account_id": account.account_id,
        "label": account.label,
        "enabled": account.enabled,
        "base_url": account.base_url,
        "config": account.config,
        "has_secret": bool(account.kept.sealed),
        "secrets": account.secrets,
        "unreadable": list(account.unreadable),
        "version": account.version,
        "tested": tested_row(account.tested),
        "created_at": stamp(account.made_at),
        "updated_at": stamp(account.updated_at),
    }


def tested_row(tested: Mapping[str, Any] | None) -> TestedRow | None:
    """Return how a try went, as the record of the account keeps it; None when there was none."""
    if tested is None:
        return None
    return {
        "outcome": tested["outcome"],
        "detail": tested["detail"],
        "status": tested["status"],
        "elapsed_ms": tested["elapsed_ms"],
        "tested_at": tested["tested_at"],
    }
