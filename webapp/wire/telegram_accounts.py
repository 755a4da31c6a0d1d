"""Telegram accounts as JSON: who is answered, and a mask where the token is; contract §7."""

from typing import Literal

from runners.engine.integrations.telegram_account import TelegramAccount
from webapp.wire.accounts import TestedRow, tested_row
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class TelegramAccountRow(Shape):
    """One account. `token` is a mask, null when there is none; `readable` is false when its key is not here.

    `tested` is how the last try of this version went, null when it was never tried. How the connector does with it is to be
    found under `/connectors`.
    """

    account_id: str
    label: str
    enabled: bool
    has_secret: bool
    token: str | None
    readable: bool
    allowed_chats: list[int]
    allowed_senders: list[int]
    version: int
    tested: TestedRow | None
    created_at: Stamp
    updated_at: Stamp


class SavedTelegramAccountRow(TelegramAccountRow):
    """The account after a change, and what that was; `unchanged` wrote no version."""

    status: Literal["created", "updated", "unchanged"]


class DeletedTelegramAccountRow(Shape):
    """The answer to a deletion."""

    account_id: str
    status: Literal["deleted"]


def telegram_account_row(account: TelegramAccount) -> TelegramAccountRow:
    """Return an account that exists for the wire."""
    assert account.made_at is not None and account.updated_at is not None, "what is shown was read from the store"
    return {
        "account_id": account.account_id,
        "label": account.label,
        "enabled": account.enabled,
        "has_secret": account.token is not None,
        "token": account.token,
        "readable": account.readable,
        "allowed_chats": list(account.allowed_chats),
        "allowed_senders": list(account.allowed_senders),
        "version": account.version,
        "tested": tested_row(account.tested),
        "created_at": stamp(account.made_at),
        "updated_at": stamp(account.updated_at),
    }
