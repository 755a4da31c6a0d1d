"""How the one who asks for a page wants it; `webapp.pages.preferring` finds it out before anything is said."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from flask import g, has_request_context, request
from pydantic_core import PydanticCustomError

from runners.engine.preferences import BROWSER, Preferences
from runners.engine.schedule.zone import check_zone

ZONE_COOKIE = "multijob-zone"
"""Written by the pages' script: the time zone of the browser."""
AS_IT_COMES = Preferences()


def preferences() -> Preferences:
    """Return what the one who asks has chosen; a stranger, and a program, have chosen nothing."""
    found: Preferences = g.get("preferences", AS_IT_COMES) if has_request_context() else AS_IT_COMES
    return found


def zone() -> tzinfo:
    """Return the time zone in which times are shown: UTC unless another was chosen."""
    if not has_request_context():
        return UTC
    found: tzinfo | None = g.get("zone")
    if found is None:
        found = g.zone = _zone(preferences().zone)
    return found


def browser_zone() -> str:
    """Return the time zone that the browser says it is in; '' when it has said none that exists."""
    try:
        return check_zone(request.cookies.get(ZONE_COOKIE, ""))
    except PydanticCustomError:
        return ""


def _zone(name: str) -> tzinfo:
    named = browser_zone() if name == BROWSER else name
    return ZoneInfo(named) if named and named != "UTC" else UTC
