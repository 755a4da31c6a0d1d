"""Notifications: the rules, one rule with its form and its notices, and the log of all that was sent."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, Problem, Stale
from runners.engine.operations import DeliveryFilter, DeliveryStatus, Role
from webapp.api.endpoint import RecordName
from webapp.api.notifications import PATIENCE
from webapp.htmx import respond
from webapp.pages.acting import change, go, kept, refused, shown_version, tell
from webapp.pages.paging import NEWER_OLDER, page_number, paging
from webapp.pages.reading import read
from webapp.pages.rule_form import BLANK, RuleEditor, of_rule, of_typed, to_change
from webapp.presentation.spoken import spoken
from webapp.presentation.states import state_word
from webapp.roles import needs

pages = Blueprint("notifications", __name__, url_prefix="/ui/notifications")

ROWS = 40
MOST_RULES = 200
OUTCOMES = {DeliveryStatus.SENT: "ok", DeliveryStatus.WAITING: "wait", DeliveryStatus.FAILED: "bad"}


@pages.get("")
@needs(Role.ADMIN)
def index() -> Response:
    """Show the rules, and below them the log of deliveries."""
    rules = read(operations.list_rules, limit=MOST_RULES)
    return respond("notifications/index.html", "notifications/_deliveries.html", rules=rules, **_deliveries(None))


@pages.get("/new")
@needs(Role.ADMIN)
def new() -> Response:
    """Show the empty form."""
    return _form(RuleEditor(BLANK))


@pages.post("/new")
@needs(Role.ADMIN)
def create() -> Response:
    """Make the rule, or show what is wrong with it."""
    rule_id = request.form.get("rule_id", "").strip()
    if not re.fullmatch(RecordName.regex, rule_id):
        said = _(
            "rule id %(id)s is not 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit",
            id=ascii(rule_id[:60]),
        )
        return _form(_typed(None, [Problem(("rule_id",), said, "rule_id")]), 422)
    return _save(rule_id, None, 0)


@pages.get("/<rule_id:rule_id>")
@needs(Role.ADMIN)
def show(rule_id: str) -> Response:
    """Show the rule's form and what it has sent."""
    return _form(of_rule(read(operations.get_rule, rule_id)), **_deliveries(rule_id))


@pages.post("/<rule_id:rule_id>")
@needs(Role.ADMIN)
def save(rule_id: str) -> Response:
    """Change the rule, if it is still the one that the person saw."""
    return _save(rule_id, rule_id, shown_version() or 0)


@pages.post("/<rule_id:rule_id>/test")
@needs(Role.ADMIN)
def test(rule_id: str) -> Response:
    """Send a test notice and say how it went."""
    found = change(operations.test_rule, rule_id, PATIENCE)
    said = {
        DeliveryStatus.SENT: _("A test of %(name)s was sent.", name=rule_id),
        DeliveryStatus.FAILED: _("A test of %(name)s was not sent: %(why)s.", name=rule_id, why=spoken(found.error)),
        DeliveryStatus.WAITING: _(
            "A test of %(name)s waits: no scheduler, worker or connector has sent it yet.", name=rule_id
        ),
    }
    tell(said[found.status], tone=OUTCOMES[found.status])
    return go(url_for("notifications.show", rule_id=rule_id))


@pages.get("/<rule_id:rule_id>/delete")
@needs(Role.ADMIN)
def ask_to_delete(rule_id: str) -> Response:
    """Ask whether the rule should go; one that cannot be read can be asked about as well."""
    return respond("notifications/delete.html", "notifications/delete.html", rule_id=rule_id)


@pages.post("/<rule_id:rule_id>/delete")
@needs(Role.ADMIN)
def delete(rule_id: str) -> Response:
    """Delete the rule."""
    try:
        change(operations.delete_rule, rule_id)
    except (Conflict, Stale) as error:
        return refused(error, url_for("notifications.index"))
    tell(_("Rule %(name)s is deleted; what it had still to send is not sent.", name=rule_id))
    return go(url_for("notifications.index"))


def _save(rule_id: str, known: str | None, expected: int) -> Response:
    try:
        saved = change(operations.save_rule, rule_id, to_change(request.form), expected)
    except Invalid as error:
        return _form(_typed(known, error.problems), 422)
    except Stale as error:
        return _form(_overtaken(known) if known else _typed(None, [Problem(("rule_id",), str(error), "taken")]), 412)
    except Conflict as error:
        return _form(_typed(known, [Problem(("rule_id",), str(error), "conflict")]), 409)
    if saved.secret:  # shown in this very answer: a message for the next page would be kept in the session until then
        return respond("notifications/made.html", "notifications/_made.html", rule_id=rule_id, secret=saved.secret)
    tell(kept(rule_id, saved.status))
    return go(url_for("notifications.show", rule_id=rule_id))


def _form(editor: RuleEditor, status: int = 200, **more: Any) -> Response:
    return respond("notifications/edit.html", "notifications/_form.html", status, editor=editor, **more)


def _overtaken(rule_id: str) -> RuleEditor:
    """Return the form as typed, at the version that stands now, saying what happened. Raises NotFound."""
    said = _("Somebody else changed this rule meanwhile; what you typed is kept, and saving again puts it in its place")
    version = change(operations.get_rule, rule_id).version
    return replace(_typed(rule_id, [Problem((), said, "stale")]), version=version)


def _typed(rule_id: str | None, problems: list[Problem]) -> RuleEditor:
    return of_typed(request.form, rule_id, shown_version() or 0, problems)


def _deliveries(rule_id: str | None) -> dict[str, Any]:
    status, number = request.args.get("status", ""), page_number()
    wanted = DeliveryFilter(rule_id, DeliveryStatus(status) if status in set(DeliveryStatus) else None)
    found = read(operations.list_deliveries, wanted, limit=ROWS, offset=(number - 1) * ROWS)
    shown = paging(number, ROWS, len(found.rows), found.total, NEWER_OLDER)
    states = [(word, f"?status={word}", state_word(word) or _("all")) for word in ("", *DeliveryStatus)]
    return {"deliveries": found.rows, "paging": shown, "states": states, "asked": status, "rule_id": rule_id}
