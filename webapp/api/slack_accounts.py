"""Slack accounts: list, read, make, change, delete and try them."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.integrations.slack_account import SlackChange
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
from webapp.wire.slack_accounts import (
    DeletedSlackAccountRow,
    SavedSlackAccountRow,
    SlackAccountRow,
    slack_account_row,
)

LIST = "/connector/slack/accounts"
PATH = f"{LIST}/{{account_id}}"


@endpoint("GET", LIST, Role.VIEWER, query=RowQuery, answers={200: list[SlackAccountRow]}, paged=True)
def list_slack_accounts(query: RowQuery) -> Response:
    """List the Slack accounts in the order of their ids; one whose record cannot be read has no row, but counts in the total."""
    page = operations.list_slack_accounts(platform(), actor(), query.limit, query.offset, query.cursor)
    return many(page, slack_account_row)


@endpoint("GET", PATH, Role.VIEWER, answers={200: SlackAccountRow}, versioned=True, refusals=(409,))
def read_slack_account(account_id: str) -> Response:
    """Read one Slack account; its secrets are masks."""
    account = operations.get_slack_account(platform(), actor(), account_id)
    return preconditions.one_tagged(slack_account_row(account), account.version)


@endpoint(
    "PUT",
    PATH,
    Role.ADMIN,
    body=SlackChange,
    answers={200: SavedSlackAccountRow, 201: SavedSlackAccountRow},
    versioned=True,
    creates=True,
    refusals=(409,),
)
def save_slack_account(account_id: str) -> Response:
    """Make a Slack account, or change what the body names of it; null clears."""
    saved = operations.save_slack_account(
        platform(),
        actor(),
        account_id,
        json_object(),
        create_only=preconditions.create_only(),
        expected_version=_expected(account_id),
    )
    row: SavedSlackAccountRow = {**slack_account_row(saved.account), "status": saved.status}
    return preconditions.saved(row, f"{LIST}/{account_id}", saved.account.version)


@endpoint("DELETE", PATH, Role.ADMIN, answers={200: DeletedSlackAccountRow}, versioned=True, refusals=(409,))
def delete_slack_account(account_id: str) -> Response:
    """Delete a Slack account and its secrets; nothing that is signed by it counts any more."""
    operations.delete_slack_account(platform(), actor(), account_id, _expected(account_id))
    row: DeletedSlackAccountRow = {"account_id": account_id, "status": "deleted"}
    return one(row)


@endpoint(
    "POST", f"{PATH}/test", Role.ADMIN, body=NoFields, body_optional=True, answers={200: TestedRow}, refusals=(412,)
)
def test_slack_account(account_id: str) -> Response:
    """Ask the Web API whose token it is; 200 says that it was tried, `outcome` how it went."""
    model_of(NoFields, json_object(optional=True))
    return one(tested_row(operations.test_slack_account(platform(), actor(), account_id).tested))


def _expected(account_id: str) -> int | None:
    def version() -> int:
        return operations.get_slack_account(platform(), actor(), account_id).version

    return preconditions.expected_record(f"Slack account '{account_id}'", version)
