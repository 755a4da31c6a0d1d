"""Slack accounts as JSON: who is answered, and masks where the secrets are."""

from typing import Literal

from runners.engine.integrations.slack_account import SlackAccount
from webapp.wire.accounts import TestedRow, tested_row
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class SlackAccountRow(Shape):
    """One account. `signing_secret`, `token` and `webhook_url` are masks, null when there is none; `readable` is false when
    their key is not here.

    `tested` is how the last try of this version went, null when it was never tried. How the connector does with it is to be
    found under `/connectors`.
    """

    account_id: str
    label: str
    enabled: bool
    has_secret: bool
    signing_secret: str | None
    token: str | None
    webhook_url: str | None
    readable: bool
    api_base: str
    team: str
    allowed_chats: list[str]
    allowed_senders: list[str]
    version: int
    tested: TestedRow | None
    created_at: Stamp
    updated_at: Stamp


class SavedSlackAccountRow(SlackAccountRow):
    """The account after a change, and what that was; `unchanged` wrote no version."""

    status: Literal["created", "updated", "unchanged"]


class DeletedSlackAccountRow(Shape):
    """The answer to a deletion."""

    account_id: str
    status: Literal["deleted"]


def slack_account_row(account: SlackAccount) -> SlackAccountRow:
    """Return an account that exists for the wire."""
    assert account.made_at is not None and account.updated_at is not None, "what is shown was read from the store"
    return {
        "account_id": account.account_id,
        "label": account.label,
        "enabled": account.enabled,
        "has_secret": bool(account.kept.sealed),
        "signing_secret": account.masked("signing_secret"),
        "token": account.masked("token"),
        "webhook_url": account.masked("webhook_url"),
        "readable": account.readable,
        "api_base": account.api_base,
        "team": account.team,
        "allowed_chats": list(account.allowed_chats),
        "allowed_senders": list(account.allowed_senders),
        "version": account.version,
        "tested": tested_row(account.tested),
        "created_at": stamp(account.made_at),
        "updated_at": stamp(account.updated_at),
    }
