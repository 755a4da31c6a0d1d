"""Failures, those that are alike together: what fails, since when, in which versions, and all of it once more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from pydantic import ValidationError
from werkzeug.exceptions import NotFound

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.run import FailureKind
from runners.engine.store.failures import PARTS, FailureFilter, FailureGroup, FailureOrder
from webapp.api.failures import FailureQuery
from webapp.htmx import respond
from webapp.numbers import number
from webapp.pages import shell
from webapp.pages.paging import page_number, paging
from webapp.pages.reading import read
from webapp.presentation import bars
from webapp.presentation.times import about
from webapp.roles import needs

pages = Blueprint("failures", __name__, url_prefix="/ui/failures")

ROWS = 25
WINDOWS = {"1h": timedelta(hours=1), "6h": timedelta(hours=6), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
USUAL = "24h"
FILTERS = ("job_id", "failure_kind", "order")


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show the groups of failures of the last hour, six hours, day or week."""
    window, query, page = _window(), _query(), page_number()
    since, until = span(shell.now(), WINDOWS[window])
    kind = FailureKind(query.failure_kind) if query.failure_kind else None
    wanted = FailureFilter(since, until, query.job_id, kind)
    found = read(operations.list_failures, wanted, FailureOrder(query.order), ROWS, (page - 1) * ROWS)
    return respond(
        "failures/index.html",
        "failures/_table.html",
        found=found,
        window=window,
        since=since,
        tabs=[(name, _address(window=name), _tab(name)) for name in WINDOWS],
        kinds=list(FailureKind),
        orders=list(FailureOrder),
        order=query.order,
        filtered=bool(query.job_id or kind),
        picture=lambda group: picture(group, WINDOWS[window]),
        paging=paging(page, ROWS, len(found.rows), found.groups, (_("Previous"), _("Next"))),
    )


def span(now: datetime, window: timedelta) -> tuple[datetime, datetime]:
    """Return the window in whole minutes, the one that goes on included: what it holds changes with failures only."""
    minute = now.replace(second=0, microsecond=0)
    return minute - window, minute + timedelta(minutes=1)


def picture(group: FailureGroup, window: timedelta) -> Any:
    """Return the failures of a group over the window as bars."""
    said = ngettext("%(count)s failure", "%(count)s failures", group.count, count=number(group.count))
    part = about(window / PARTS)
    return bars.draw(group.parts, _("%(failures)s; each bar is %(time)s", failures=said, time=part))


def _tab(name: str) -> str:
    said = {"1h": _("last hour"), "6h": _("last 6 hours"), "24h": _("last 24 hours"), "7d": _("last 7 days")}
    return said[name]


def _window() -> str:
    said = request.args.get("window", USUAL)
    if said not in WINDOWS:
        raise NotFound(f"window {said[:20]!a} is not one of {', '.join(WINDOWS)}")
    return said


def _query() -> FailureQuery:
    given = {name: request.args[name].strip() for name in FILTERS if request.args.get(name, "").strip()}
    try:
        return FailureQuery.model_validate(given)
    except ValidationError as error:
        (name,), fault = error.errors()[0]["loc"], error.errors()[0]["msg"]
        raise NotFound(f"{name}: {fault}") from None


def _address(**changed: str) -> str:
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return url_for("failures.index", **kept | changed)
