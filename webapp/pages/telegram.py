"""Connectors: every chat account with its state, and for administrators the stored Telegram accounts (`slack` has those)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, Problem, Stale
from runners.engine.integrations.slack_account import SlackAccount
from runners.engine.integrations.telegram_account import TelegramAccount
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages.acting import change, go, refused, shown_version, tell, tried
from webapp.pages.job_form import number
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("telegram", __name__, url_prefix="/ui/integrations/connectors")

MOST = 500
ONE = "/telegram/<account_id:account_id>"


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show every account that a connector speaks for, and those that are stored."""
    stored = read(operations.list_telegram_accounts, limit=MOST)
    slack = read(operations.list_slack_accounts, limit=MOST)
    states = {(state.channel, state.account_id): state for state in read(operations.connectors)}
    known: dict[tuple[str, str], TelegramAccount | SlackAccount] = {
        ("telegram", one.account_id): one for one in stored.rows
    }
    known |= {("slack", one.account_id): one for one in slack.rows}
    rows = [
        (*place, states.get(place), known.get(place)) for place in sorted(states.keys() | known.keys(), reverse=True)
    ]
    unreadable = (*stored.unreadable, *slack.unreadable)
    return respond("telegram/index.html", "telegram/_table.html", rows=rows, unreadable=unreadable)


@pages.get("/telegram/new")
@needs(Role.ADMIN)
def new() -> Response:
    """Show the empty form."""
    return _form({"enabled": "on"}, None)


@pages.post("/telegram/new")
@needs(Role.ADMIN)
def create() -> Response:
    """Make the account, or show what is wrong with it."""
    account_id = request.form.get("account_id", "").strip()
    try:
        change(operations.save_telegram_account, account_id, _change(request.form), True)
    except Invalid as error:
        return _form(request.form, None, error.problems, 422)
    except (Conflict, Stale) as error:
        return _form(request.form, None, [Problem(("account_id",), str(error), "taken")], 409)
    tell(_("Telegram account %(name)s is made; the connector takes it up within seconds.", name=account_id))
    return go(_address(account_id))


@pages.get(f"{ONE}/edit")
@needs(Role.ADMIN)
def edit(account_id: str) -> Response:
    """Show the form of an existing account."""
    account = _account(account_id)
    shown = {"label": account.label} | ({"enabled": "on"} if account.enabled else {})
    for name in ("allowed_chats", "allowed_senders"):
        shown[name] = ", ".join(map(str, getattr(account, name)))
    return _form(shown, account)


@pages.post(f"{ONE}/edit")
@needs(Role.ADMIN)
def save(account_id: str) -> Response:
    """Change the account if it is still the one that the person saw."""
    account, version = _account(account_id), shown_version()
    try:
        change(operations.save_telegram_account, account_id, _change(request.form), expected_version=version)
    except Invalid as error:
        return _form(request.form, account, error.problems, 422)
    except Stale:
        fault = _("Somebody else changed this account meanwhile; what you typed is kept, the token is not")
        return _form(request.form, account, [Problem((), fault, "stale")], 412)
    except Conflict as error:
        return _form(request.form, account, [Problem((), str(error), "no_key")], 409)
    tell(_("Telegram account %(name)s is saved; the connector takes it up within seconds.", name=account_id))
    return go(_address(account_id))


@pages.post(f"{ONE}/test")
@needs(Role.ADMIN)
def test(account_id: str) -> Response:
    """Ask the Bot API whose token it is, and say what came of it."""
    try:
        outcome = change(operations.test_telegram_account, account_id).tested or {}
    except (Conflict, Stale) as error:
        return refused(error, _address(account_id))
    tone = "ok" if outcome["outcome"] == "ok" else "bad"
    tell(tried(account_id, outcome["detail"], outcome["elapsed_ms"]), tone=tone)
    return go(_address(account_id))


@pages.get(f"{ONE}/delete")
@needs(Role.ADMIN)
def ask_to_delete(account_id: str) -> Response:
    """Ask whether the account should go."""
    return make_response(render_template("telegram/delete.html", account=_account(account_id)))


@pages.post(f"{ONE}/delete")
@needs(Role.ADMIN)
def delete(account_id: str) -> Response:
    """Delete the account."""
    try:
        change(operations.delete_telegram_account, account_id, shown_version())
    except (Conflict, Stale) as error:
        return refused(error, url_for("telegram.index"))
    tell(_("Telegram account %(name)s is deleted, and its token with it.", name=account_id))
    return go(url_for("telegram.index"))


def _address(account_id: str) -> str:
    return url_for("connectors.show", channel="telegram", account_id=account_id)


def _account(account_id: str) -> TelegramAccount:
    return change(operations.get_telegram_account, account_id)


def _change(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form changes, as the API takes it; an empty token leaves the one that there is."""
    raw: dict[str, Any] = {"label": form.get("label", "").strip(), "enabled": "enabled" in form}
    for name in ("allowed_chats", "allowed_senders"):
        raw[name] = [number(part) for part in form.get(name, "").split(",") if part.strip()]
    token = form.get("token", "").strip()
    return raw | ({"token": token} if token else {"token": None} if "remove_token" in form else {})


def _form(
    shown: Mapping[str, str], account: TelegramAccount | None, problems: Sequence[Problem] = (), status: int = 200
) -> Response:
    body = render_template("telegram/edit.html", shown=shown, account=account, problems=problems)
    return make_response(body, status)
