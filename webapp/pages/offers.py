"""The catalog: what can be added, searched and filtered, and adding it."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, Stale
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.language import language
from webapp.pages.acting import change, go, refused, tell
from webapp.pages.reading import read
from webapp.presentation.spoken import spoken
from webapp.roles import needs

pages = Blueprint("offers", __name__, url_prefix="/ui/integrations/catalog")


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show what the catalog offers; `search` and `kind` narrow it."""
    kind = request.args.get("kind", "")
    wanted = {"kind": kind if kind in ("account", "mcp") else None, "search": request.args.get("search", "")[:200]}
    offers = read(operations.list_catalog, **wanted)
    return respond("offers/index.html", "offers/_table.html", offers=offers, language=language())


@pages.post("/add")
@needs(Role.ADMIN)
def add() -> Response:
    """Add the templates that the form names."""
    ids = request.form.getlist("id")[:100]
    accounts = [name for name in ids if not name.startswith("mcp_")]
    servers = [name for name in ids if name.startswith("mcp_")]
    try:
        done = change(operations.bootstrap_catalog, accounts, servers)
    except (Conflict, Stale) as error:
        return refused(error, url_for("offers.index"))
    except Invalid as error:
        tell(_("Nothing was added: %(why)s.", why=spoken(error)), tone="bad")
        return go(url_for("offers.index"))
    _say(done)
    return go(url_for("offers.index"))


def _say(done: operations.Bootstrapped) -> None:
    for kind, name in done.created:
        if kind == "mcp":
            href = url_for("mcp_servers.edit", server_id=name)
        else:
            provider, __, account_id = name.partition("/")
            href = url_for("accounts.edit", provider=provider, account_id=account_id)
        tell(_("%(name)s is added.", name=name), href=href, label=_("Set what it needs"))
    if done.skipped:
        tell(
            _("%(names)s: there already, and left as it is.", names=", ".join(name for __, name in done.skipped)),
            tone="wait",
        )
    if not done.created and not done.skipped:
        tell(_("Nothing was chosen."), tone="wait")
