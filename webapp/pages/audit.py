"""The audit, for administrators: who did what, what was refused to whom, and what strangers tried."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from runners.engine import operations
from runners.engine.audit import OUTCOMES, SURFACES
from runners.engine.operations import AuditFilter, Role
from webapp.htmx import respond
from webapp.pages.paging import page_number, paging
from webapp.pages.reading import read
from webapp.preferences import zone
from webapp.presentation import audit as presented
from webapp.roles import needs

pages = Blueprint("audit", __name__, url_prefix="/ui/audit")

ROWS = 40


@pages.get("")
@needs(Role.ADMIN)
def index() -> Response:
    """Show the entries, newest first, under the filters of the URL."""
    number, wanted = page_number(), _filter()
    found = read(operations.list_audit, wanted, limit=ROWS, offset=(number - 1) * ROWS)
    return respond(
        "audit/index.html",
        "audit/_table.html",
        rows=[(entry, presented.changes(entry), presented.items(entry)) for entry in found.rows],
        complete=found.complete,
        paging=paging(number, ROWS, len(found.rows), found.total),
        filtered=wanted != AuditFilter(),
        surfaces=SURFACES,
        outcomes=OUTCOMES,
        doings=sorted(operations.OPERATIONS),
    )


@pages.get("/turned-away")
@needs(Role.ADMIN)
def turned_away() -> Response:
    """Show the refusals of those who are not known, the latest first."""
    number = page_number()
    found = read(operations.list_turned_away, limit=ROWS, offset=(number - 1) * ROWS)
    return respond(
        "audit/turned_away.html",
        "audit/_turned_away.html",
        rows=found.rows,
        paging=paging(number, ROWS, len(found.rows), found.total),
    )


def _filter() -> AuditFilter:
    """Read the filters of the URL; days are of the reader's zone, both included. Raises NotFound for a word that there is none of."""
    until = _day("until")
    return AuditFilter(
        actor=_said("actor"),
        object=_said("object"),
        surface=_one_of("surface", SURFACES),
        operation=_said("operation"),
        outcome=_one_of("outcome", OUTCOMES),
        since=_day("since"),
        until=until + timedelta(days=1) if until else None,
    )


def _said(name: str) -> str | None:
    return request.args.get(name, "").strip() or None


def _one_of(name: str, words: tuple[str, ...]) -> str | None:
    said = _said(name)
    if said is not None and said not in words:
        raise NotFound(f"{name} {said[:40]!a} is not one of {', '.join(words)}")
    return said


def _day(name: str) -> datetime | None:
    said = _said(name)
    try:
        found = date.fromisoformat(said) if said else None
    except ValueError:
        raise NotFound(f"{name} {str(said)[:40]!a} is no day such as 2026-01-31") from None
    if found is not None and not 1970 <= found.year < 9999:
        raise NotFound(f"{name} {found} is not in the years 1970 to 9998")
    return datetime(found.year, found.month, found.day, tzinfo=zone()) if found else None
