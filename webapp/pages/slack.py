"""Slack accounts as administrators make, change, try and delete them; the list is that of all connectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, Problem, Stale
from runners.engine.integrations.slack_account import API, SECRETS, SlackAccount
from runners.engine.operations import Role
from webapp.pages.acting import change, go, refused, shown_version, tell, tried
from webapp.roles import needs

pages = Blueprint("slack", __name__, url_prefix="/ui/integrations/connectors/slack")

ONE = "/<account_id:account_id>"
LISTS = ("allowed_chats", "allowed_senders")


@pages.get("/new")
@needs(Role.ADMIN)
def new() -> Response:
    """Show the empty form."""
    return _form({"enabled": "on", "api_base": API}, None)


@pages.post("/new")
@needs(Role.ADMIN)
def create() -> Response:
    """Make the account, or show what is wrong with it."""
    account_id = request.form.get("account_id", "").strip()
    try:
        change(operations.save_slack_account, account_id, _change(request.form), True)
    except Invalid as error:
        return _form(request.form, None, error.problems, 422)
    except (Conflict, Stale) as error:
        return _form(request.form, None, [Problem(("account_id",), str(error), "taken")], 409)
    tell(_("Slack account %(name)s is made; the connector takes it up within seconds.", name=account_id))
    return go(_address(account_id))


@pages.get(f"{ONE}/edit")
@needs(Role.ADMIN)
def edit(account_id: str) -> Response:
    """Show the form of an existing account."""
    account = _account(account_id)
    shown = {name: getattr(account, name) for name in ("label", "api_base", "team")}
    shown |= {name: ", ".join(getattr(account, name)) for name in LISTS}
    shown |= {"enabled": "on"} if account.enabled else {}
    return _form(shown, account)


@pages.post(f"{ONE}/edit")
@needs(Role.ADMIN)
def save(account_id: str) -> Response:
    """Change the account if it is still the one that the person saw."""
    account, version = _account(account_id), shown_version()
    try:
        change(operations.save_slack_account, account_id, _change(request.form), expected_version=version)
    except Invalid as error:
        return _form(request.form, account, error.problems, 422)
    except Stale:
        fault = _("Somebody else changed this account meanwhile; what you typed is kept, the secrets are not")
        return _form(request.form, account, [Problem((), fault, "stale")], 412)
    except Conflict as error:
        return _form(request.form, account, [Problem((), str(error), "no_key")], 409)
    tell(_("Slack account %(name)s is saved; the connector takes it up within seconds.", name=account_id))
    return go(_address(account_id))


@pages.post(f"{ONE}/test")
@needs(Role.ADMIN)
def test(account_id: str) -> Response:
    """Ask the Web API whose token it is, and say what came of it."""
    try:
        outcome = change(operations.test_slack_account, account_id).tested or {}
    except (Conflict, Stale) as error:
        return refused(error, _address(account_id))
    tone = "ok" if outcome["outcome"] == "ok" else "bad"
    tell(tried(account_id, outcome["detail"], outcome["elapsed_ms"]), tone=tone)
    return go(_address(account_id))


@pages.get(f"{ONE}/delete")
@needs(Role.ADMIN)
def ask_to_delete(account_id: str) -> Response:
    """Ask whether the account should go."""
    return make_response(render_template("slack/delete.html", account=_account(account_id)))


@pages.post(f"{ONE}/delete")
@needs(Role.ADMIN)
def delete(account_id: str) -> Response:
    """Delete the account."""
    try:
        change(operations.delete_slack_account, account_id, shown_version())
    except (Conflict, Stale) as error:
        return refused(error, url_for("telegram.index"))
    tell(_("Slack account %(name)s is deleted, and its secrets with it.", name=account_id))
    return go(url_for("telegram.index"))


def _address(account_id: str) -> str:
    return url_for("connectors.show", channel="slack", account_id=account_id)


def _account(account_id: str) -> SlackAccount:
    return change(operations.get_slack_account, account_id)


def _change(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form changes, as the API takes it; an empty secret leaves the one that there is."""
    raw: dict[str, Any] = {"label": form.get("label", "").strip(), "enabled": "enabled" in form}
    raw |= {name: form.get(name, "").strip() or None for name in ("api_base", "team")}
    raw |= {name: [part.strip() for part in form.get(name, "").split(",") if part.strip()] for name in LISTS}
    for name in SECRETS:
        typed = form.get(name, "").strip()
        raw |= {name: typed} if typed else {name: None} if f"remove_{name}" in form else {}
    return raw


def _form(
    shown: Mapping[str, str], account: SlackAccount | None, problems: Sequence[Problem] = (), status: int = 200
) -> Response:
    named = (
        ("signing_secret", _("Signing secret"), _("from the app's page, under Basic Information")),
        ("token", _("Token"), _("xoxb-…, with the scope chat:write")),
        ("webhook_url", _("Webhook"), _("instead of a token: an incoming webhook's address")),
    )
    body = render_template("slack/edit.html", shown=shown, account=account, problems=problems, secrets=named)
    return make_response(body, status)
