"""About: what runs here, what its server promises, what it holds, and whether all is well."""

from __future__ import annotations

import platform as machine
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.operations import Contents, Role
from webapp.htmx import respond
from webapp.pages.acting import change, go, tell
from webapp.pages.reading import read
from webapp.presentation.sizes import size
from webapp.roles import needs

pages = Blueprint("about", __name__, url_prefix="/ui/about")

LIBRARIES = ("flask", "rq", "rq-scheduler", "redis")


@pages.get("")
@needs(Role.VIEWER)
def show() -> Response:
    """Show versions, mode, server, contents and the last examination."""
    found = read(operations.about)
    return respond(
        "about/show.html",
        "about/_live.html",
        contents=found,
        memory=_memory(found),
        server_version=_server_version(found),
        uptime=timedelta(seconds=int(found.server.get("uptime_in_seconds") or 0)),
        last=read(operations.last_examination),
        libraries=[("Python", machine.python_version()), *((name, _version(name)) for name in LIBRARIES)],
    )


@pages.post("/examine")
@needs(Role.OPERATOR)
def examine() -> Response:
    """Ask the schedulers to examine the deployment now."""
    change(operations.ask_examination)
    tell(
        _("An examination is asked for; a scheduler does it within seconds."),
        href=url_for("about.show"),
        label=_("See it"),
    )
    return go(url_for("about.show", _anchor="examination"))


def _memory(found: Contents) -> str:
    """Return what the server uses of what it may use, in words; '' when it does not say."""
    used, most = (int(found.server.get(name) or 0) for name in ("used_memory", "maxmemory"))
    if not used:
        return ""
    if not most:
        return _("%(used)s, without a limit", used=size(used))
    return _("%(used)s of %(most)s, %(share)s %%", used=size(used), most=size(most), share=round(100 * used / most))


def _server_version(found: Contents) -> str:
    valkey, redis = (found.server.get(name) for name in ("valkey_version", "redis_version"))
    return f"Valkey {valkey}" if valkey else f"Redis {redis}" if redis else ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
