"""Accounts of services: list, read, make, change and delete them; contract §7."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.integrations.account_change import AccountChange
from runners.engine.operations import Role
from webapp.api import preconditions
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import RowQuery
from webapp.api.jobs import NoFields
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.accounts import (
    AccountRow,
    DeletedAccountRow,
    SavedAccountRow,
    TestedRow,
    account_row,
    tested_row,
)

PATH = "/integrations/accounts/{provider}/{account_id}"


@endpoint("GET", "/integrations/accounts", Role.VIEWER, query=RowQuery, answers={200: list[AccountRow]}, paged=True)
def list_accounts(query: RowQuery) -> Response:
    """List the accounts in the order of their names; one whose record cannot be read has no row, but counts in the total."""
    page = operations.list_accounts(platform(), actor(), query.limit, query.offset, query.cursor)
    return many(page, account_row)


@endpoint("GET", PATH, Role.VIEWER, answers={200: AccountRow}, versioned=True, refusals=(409,))
def read_account(provider: str, account_id: str) -> Response:
    """Read one account; its secrets are masks."""
    account = operations.get_account(platform(), actor(), provider, account_id)
    return preconditions.one_tagged(account_row(account), account.version)


@endpoint(
    "PUT",
    PATH,
    Role.ADMIN,
    body=AccountChange,
    answers={200: SavedAccountRow, 201: SavedAccountRow},
    versioned=True,
    creates=True,
    refusals=(409,),
)
def save_account(provider: str, account_id: str) -> Response:
    """Make an account, or change what the body names of it; null clears."""
    raw = json_object()
    saved = operations.save_account(
        platform(),
        actor(),
        provider,
        account_id,
        raw,
        create_only=preconditions.create_only(),
        expected_version=_expected(provider, account_id),
    )
    row: SavedAccountRow = {**account_row(saved.account), "status": saved.status}
    return preconditions.saved(row, f"/integrations/accounts/{provider}/{account_id}", saved.account.version)


@endpoint("DELETE", PATH, Role.ADMIN, answers={200: DeletedAccountRow}, versioned=True, refusals=(409,))
def delete_account(provider: str, account_id: str) -> Response:
    """Delete an account and its secrets; jobs that refer to it fail from then on, saying so."""
    operations.delete_account(platform(), actor(), provider, account_id, _expected(provider, account_id))
    row: DeletedAccountRow = {"provider": provider, "account_id": account_id, "status": "deleted"}
    return one(row)


@endpoint(
    "POST",
    f"{PATH}/test",
    Role.ADMIN,
    body=NoFields,
    body_optional=True,
    answers={200: TestedRow},
    refusals=(409, 412),
)
def test_account(provider: str, account_id: str) -> Response:
    """Ask the account's service whether it takes the credentials, for at most ten seconds; the answer is kept, too."""
    model_of(NoFields, json_object(optional=True))
    return one(tested_row(operations.test_account(platform(), actor(), provider, account_id).tested))


def _expected(provider: str, account_id: str) -> int | None:
    def version() -> int:
        return operations.get_account(platform(), actor(), provider, account_id).version

    return preconditions.expected_record(f"account '{provider}/{account_id}'", version)
