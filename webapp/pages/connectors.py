"""One chat account: how it does, whom it answers, its last messages, and for administrators who is linked in its channel."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response

from runners.engine import operations
from runners.engine.errors import NotFound
from runners.engine.integrations.slack_account import SlackAccount
from runners.engine.integrations.telegram_account import TelegramAccount
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages.reading import read
from webapp.roles import may, needs

pages = Blueprint("connectors", __name__, url_prefix="/ui/integrations/connectors")

LINKED = 20
GETTERS: dict[str, Callable[..., TelegramAccount | SlackAccount]] = {
    "telegram": operations.get_telegram_account,
    "slack": operations.get_slack_account,
}


@pages.get("/<channel:channel>/<account_id:account_id>")
@needs(Role.VIEWER)
def show(channel: str, account_id: str) -> Response:
    """Show the account; one of the environment has no record, one that was just made no state."""
    found = (
        state for state in read(operations.connectors) if (state.channel, state.account_id) == (channel, account_id)
    )
    state, account = next(found, None), _account(channel, account_id)
    if state is None and account is None:
        raise NotFound(f"{channel} account '{account_id}' does not exist")
    return respond(
        "connectors/show.html",
        "connectors/_live.html",
        channel=channel,
        account_id=account_id,
        state=state,
        account=account,
        messages=read(operations.last_messages, channel, account_id),
        linked=read(operations.list_chats, LINKED, channel=channel) if may("chats.index") else None,
    )


def _account(channel: str, account_id: str) -> TelegramAccount | SlackAccount | None:
    try:
        return read(GETTERS[channel], account_id) if channel in GETTERS else None
    except NotFound:
        return None
