"""Settings: how the one who asks wants the pages, kept for whoever he is wherever he signs in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Invalid, Problem
from runners.engine.operations import Role
from runners.engine.preferences import BROWSER, REFRESH_SEC, choose
from webapp.pages.acting import change, go, tell
from webapp.pages.preferring import take_on
from webapp.preferences import browser_zone, preferences
from webapp.presentation.times import duration
from webapp.roles import needs

pages = Blueprint("settings", __name__, url_prefix="/ui/settings")

OFFERED_SEC = (2, 3, 5, 10, 15, 30)
LONGEST = 64
PARTS_OF_THE_WORLD = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@pages.get("")
@needs(Role.VIEWER)
def show() -> Response:
    """Show what the one who asks has chosen."""
    return _page(preferences().to_json())


@pages.post("")
@needs(Role.VIEWER)
def save() -> Response:
    """Keep what was chosen, and go on in it."""
    stated = _stated(request.form)
    try:
        chosen = choose(stated)
    except Invalid as error:
        return _page(stated, error.problems, 422)
    change(operations.choose_preferences, chosen)
    take_on(chosen)
    tell(_("Your settings are kept."))
    return go(url_for("settings.show"))


def _stated(form: Mapping[str, str]) -> dict[str, Any]:
    said = {name: form.get(name, "")[:LONGEST] for name in ("theme", "density", "language", "zone")}
    refresh = form.get("refresh_sec", "")[:LONGEST]
    return {**said, "refresh_sec": int(refresh) if refresh.isascii() and refresh.isdecimal() else refresh}


def _page(chosen: Mapping[str, Any], problems: Sequence[Problem] = (), status: int = 200) -> Response:
    found = browser_zone()
    body = render_template(
        "settings/show.html",
        chosen=chosen,
        problems=problems,
        themes=[("auto", _("as the system")), ("light", _("light")), ("dark", _("dark"))],
        densities=[("comfortable", _("comfortable")), ("compact", _("compact"))],
        languages=[(BROWSER, _("as the browser")), ("en", "English"), ("id", "Bahasa Indonesia")],
        first_zones=[
            ("UTC", "UTC"),
            (BROWSER, _("the browser's: %(zone)s", zone=found) if found else _("the browser's")),
        ],
        places=_places(str(chosen["zone"])),
        refreshes=_refreshes(chosen["refresh_sec"]),
    )
    return make_response(body, status)


def _refreshes(chosen: object) -> list[tuple[int, str]]:
    """Return the intervals to choose from, with the one that is chosen by whatever way."""
    offered = [seconds for seconds in REFRESH_SEC if seconds in OFFERED_SEC or seconds == chosen]
    return [(0, _("off")), *((seconds, duration(timedelta(seconds=seconds))) for seconds in offered)]


def _places(chosen: str) -> list[tuple[str, list[str]]]:
    """Return the zones by the part of the world they are in, with the one that is chosen by whatever way."""
    known = _known_zones()
    return (
        list(known)
        if chosen in ("UTC", BROWSER) or any(chosen in names for _, names in known)
        else [("", [chosen]), *known]
    )


@cache
def _known_zones() -> tuple[tuple[str, list[str]], ...]:
    named = sorted(name for name in available_timezones() if name.partition("/")[0] in PARTS_OF_THE_WORLD)
    return tuple((part, list(names)) for part, names in groupby(named, lambda name: name.partition("/")[0]))
