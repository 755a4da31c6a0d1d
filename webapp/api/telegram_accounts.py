"""Telegram accounts: list, read, make, change, delete and try them; contract §7."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.integrations.telegram_account import TelegramChange
from runners.engine.operations import Role
from webapp.api import preconditions
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import RowQuery
from webapp.api.jobs import NoFields
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.accounts import TestedRow, tested_row
from webapp.wire.telegram_accounts import (
    DeletedTelegramAccountRow,
    SavedTelegramAccountRow,
    TelegramAccountRow,
    telegram_account_row,
)

LIST = "/connector/telegram/accounts"
PATH = f"{LIST}/{{account_id}}"


@endpoint("GET", LIST, Role.VIEWER, query=RowQuery, answers={200: list[TelegramAccountRow]}, paged=True)
def list_telegram_accounts(query: RowQuery) -> Response:
    """List the Telegram accounts in the order of their ids; one whose record cannot be read has no row, but counts in the total."""
    page = operations.list_telegram_accounts(platform(), actor(), query.limit, query.offset, query.cursor)
    return many(page, telegram_account_row)


@endpoint("GET", PATH, Role.VIEWER, answers={200: TelegramAccountRow}, versioned=True, refusals=(409,))
def read_telegram_account(account_id: str) -> Response:
    """Read one Telegram account; its token is a mask."""
    account = operations.get_telegram_account(platform(), actor(), account_id)
    return preconditions.one_tagged(telegram_account_row(account), account.version)


@endpoint(
    "PUT",
    PATH,
    Role.ADMIN,
    body=TelegramChange,
    answers={200: SavedTelegramAccountRow, 201: SavedTelegramAccountRow},
    versioned=True,
    creates=True,
    refusals=(409,),
)
def save_telegram_account(account_id: str) -> Response:
    """Make a Telegram account, or change what the body names of it; null clears."""
    saved = operations.save_telegram_account(
        platform(),
        actor(),
        account_id,
        json_object(),
        create_only=preconditions.create_only(),
        expected_version=_expected(account_id),
    )
    row: SavedTelegramAccountRow = {**telegram_account_row(saved.account), "status": saved.status}
    return preconditions.saved(row, f"{LIST}/{account_id}", saved.account.version)


@endpoint("DELETE", PATH, Role.ADMIN, answers={200: DeletedTelegramAccountRow}, versioned=True, refusals=(409,))
def delete_telegram_account(account_id: str) -> Response:
    """Delete a Telegram account and its token; the connector answers it no more."""
    operations.delete_telegram_account(platform(), actor(), account_id, _expected(account_id))
    row: DeletedTelegramAccountRow = {"account_id": account_id, "status": "deleted"}
    return one(row)


@endpoint(
    "POST", f"{PATH}/test", Role.ADMIN, body=NoFields, body_optional=True, answers={200: TestedRow}, refusals=(412,)
)
def test_telegram_account(account_id: str) -> Response:
    """Ask the Bot API whose token it is; 200 says that it was tried, `outcome` how it went."""
    model_of(NoFields, json_object(optional=True))
    return one(tested_row(operations.test_telegram_account(platform(), actor(), account_id).tested))


def _expected(account_id: str) -> int | None:
    def version() -> int:
        return operations.get_telegram_account(platform(), actor(), account_id).version

    return preconditions.expected_record(f"Telegram account '{account_id}'", version)
