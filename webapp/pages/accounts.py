"""Accounts of services: which there are, one with its secrets as masks, and for administrators making and changing them."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, Problem, Stale
from runners.engine.integrations.account import Account
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages.account_form import AccountEditor, as_typed, blank, change_of, of_account
from webapp.pages.acting import change, go, kept, refused, shown_version, tell, tried
from webapp.pages.paging import BACK_FURTHER, page_number, paging
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("accounts", __name__, url_prefix="/ui/integrations")

ROWS = 50
ONE = "/accounts/<provider:provider>/<account_id:account_id>"


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show the table of accounts."""
    number = page_number()
    found = read(operations.list_accounts, limit=ROWS, offset=(number - 1) * ROWS)
    shown = paging(number, ROWS, len(found.rows), found.total, BACK_FURTHER)
    return respond(
        "accounts/index.html", "accounts/_table.html", accounts=found.rows, unreadable=found.unreadable, paging=shown
    )


@pages.get(ONE)
@needs(Role.VIEWER)
def show(provider: str, account_id: str) -> Response:
    """Show one account."""
    account = read(operations.get_account, provider, account_id)
    return respond("accounts/show.html", "accounts/_facts.html", account=account)


@pages.get("/accounts/new")
@needs(Role.ADMIN)
def new() -> Response:
    """Show the empty form, prefilled for the provider that the address names."""
    return _form(blank(request.args.get("provider", "")[:64]))


@pages.post("/accounts/new")
@needs(Role.ADMIN)
def create() -> Response:
    """Make the account, or show what is wrong with it."""
    provider, account_id = (request.form.get(name, "").strip() for name in ("provider", "account_id"))
    try:
        saved = change(operations.save_account, provider, account_id, change_of(request.form, None), True)
    except Invalid as error:
        return _form(as_typed(request.form, None, error.problems), 422)
    except Stale as error:
        return _form(as_typed(request.form, None, [Problem(("account_id",), str(error), "taken")]), 409)
    except Conflict as error:
        return _form(as_typed(request.form, None, [Problem(("secrets",), str(error), "no_key")]), 409)
    tell(_("Account %(name)s is made.", name=saved.account.name))
    return go(_address(provider, account_id))


@pages.get(f"{ONE}/edit")
@needs(Role.ADMIN)
def edit(provider: str, account_id: str) -> Response:
    """Show the form of an existing account."""
    return _form(of_account(_account(provider, account_id)))


@pages.post(f"{ONE}/edit")
@needs(Role.ADMIN)
def save(provider: str, account_id: str) -> Response:
    """Change the account if it is still the one that the person saw."""
    account, version = _account(provider, account_id), shown_version()
    try:
        raw = change_of(request.form, account)
        saved = change(operations.save_account, provider, account_id, raw, expected_version=version)
    except Invalid as error:
        return _form(as_typed(request.form, account, error.problems, version or 0), 422)
    except Stale:
        problem = Problem(
            (), _("Somebody else changed this account meanwhile; what you typed is kept, secrets are not"), "stale"
        )
        return _form(as_typed(request.form, account, [problem], account.version), 412)
    except Conflict as error:
        return _form(as_typed(request.form, account, [Problem(("secrets",), str(error), "no_key")], version or 0), 409)
    tell(kept(saved.account.name, saved.status))
    return go(_address(provider, account_id))


@pages.post(f"{ONE}/test")
@needs(Role.ADMIN)
def test(provider: str, account_id: str) -> Response:
    """Ask the account's service whether it takes the credentials, and say what came of it."""
    try:
        outcome = change(operations.test_account, provider, account_id).tested or {}
    except (Conflict, Stale) as error:
        return refused(error, _address(provider, account_id))
    tone = "ok" if outcome["outcome"] == "ok" else "bad"
    tell(tried(f"{provider}/{account_id}", outcome["detail"], outcome["elapsed_ms"]), tone=tone)
    return go(_address(provider, account_id))


@pages.get(f"{ONE}/delete")
@needs(Role.ADMIN)
def ask_to_delete(provider: str, account_id: str) -> Response:
    """Ask whether the account should go."""
    account = _account(provider, account_id)
    return make_response(render_template("accounts/delete.html", account=account))


@pages.post(f"{ONE}/delete")
@needs(Role.ADMIN)
def delete(provider: str, account_id: str) -> Response:
    """Delete the account."""
    try:
        change(operations.delete_account, provider, account_id, shown_version())
    except (Conflict, Stale) as error:
        return refused(error, _address(provider, account_id))
    name = f"{provider}/{account_id}"
    tell(_("Account %(name)s is deleted, and its secrets with it.", name=name))
    return go(url_for("accounts.index"))


def _account(provider: str, account_id: str) -> Account:
    return change(operations.get_account, provider, account_id)


def _address(provider: str, account_id: str) -> str:
    return url_for("accounts.show", provider=provider, account_id=account_id)


def _form(editor: AccountEditor, status: int = 200) -> Response:
    return make_response(render_template("accounts/edit.html", editor=editor, problems=editor.problems), status)
