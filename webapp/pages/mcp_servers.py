"""MCP servers: which there are, one with its tools, and for administrators making, changing and trying them."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, Problem, Stale
from runners.engine.integrations.mcp_server import McpServer
from runners.engine.integrations.mcp_trial import TrialOutcome
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages.acting import change, go, kept, refused, shown_version, tell, tried
from webapp.pages.mcp_form import McpEditor, as_typed, blank, change_of, of_server
from webapp.pages.paging import BACK_FURTHER, page_number, paging
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("mcp_servers", __name__, url_prefix="/ui/integrations/mcp")

ROWS = 50
ONE = "/servers/<server_id:server_id>"


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show the table of MCP servers."""
    page = page_number()
    found = read(operations.list_mcp_servers, limit=ROWS, offset=(page - 1) * ROWS)
    shown = paging(page, ROWS, len(found.rows), found.total, BACK_FURTHER)
    return respond("mcp/index.html", "mcp/_table.html", servers=found.rows, unreadable=found.unreadable, paging=shown)


@pages.get(ONE)
@needs(Role.VIEWER)
def show(server_id: str) -> Response:
    """Show one MCP server, with the tools that its last try found."""
    return respond("mcp/show.html", "mcp/_facts.html", server=read(operations.get_mcp_server, server_id))


@pages.get("/new")
@needs(Role.ADMIN)
def new() -> Response:
    """Show the empty form."""
    return _form(blank())


@pages.post("/new")
@needs(Role.ADMIN)
def create() -> Response:
    """Make the MCP server, or show what is wrong with it."""
    server_id = request.form.get("server_id", "").strip()
    try:
        change(operations.save_mcp_server, server_id, change_of(request.form, None), True)
    except Invalid as error:
        return _form(as_typed(request.form, None, error.problems), 422)
    except (Conflict, Stale) as error:
        return _form(as_typed(request.form, None, [Problem(("server_id",), str(error), "taken")]), 409)
    tell(_("MCP server %(name)s is made.", name=server_id))
    return go(_address(server_id))


@pages.get(f"{ONE}/edit")
@needs(Role.ADMIN)
def edit(server_id: str) -> Response:
    """Show the form of an existing MCP server."""
    return _form(of_server(_server(server_id)))


@pages.post(f"{ONE}/edit")
@needs(Role.ADMIN)
def save(server_id: str) -> Response:
    """Change the MCP server if it is still the one that the person saw."""
    server, version = _server(server_id), shown_version()
    try:
        raw = change_of(request.form, server)
        saved = change(operations.save_mcp_server, server_id, raw, expected_version=version)
    except Invalid as error:
        return _form(as_typed(request.form, server, error.problems, version or 0), 422)
    except Stale:
        fault = _("Somebody else changed this server meanwhile; what you typed is kept, secrets are not")
        return _form(as_typed(request.form, server, [Problem((), fault, "stale")], server.version), 412)
    except Conflict as error:
        return _form(as_typed(request.form, server, [Problem((), str(error), "no_key")], version or 0), 409)
    tell(kept(server_id, saved.status))
    return go(_address(server_id))


@pages.post(f"{ONE}/test")
@needs(Role.ADMIN)
def test(server_id: str) -> Response:
    """Connect to the MCP server, and say what came of it."""
    try:
        trial = change(operations.test_mcp_server, server_id).tested
    except (Conflict, Stale) as error:
        return refused(error, _address(server_id))
    assert trial is not None, "it was tried"
    tell(
        tried(server_id, trial.detail, trial.elapsed_ms),
        tone="ok" if trial.outcome is TrialOutcome.OK else "bad",
    )
    return go(_address(server_id))


@pages.get(f"{ONE}/delete")
@needs(Role.ADMIN)
def ask_to_delete(server_id: str) -> Response:
    """Ask whether the MCP server should go."""
    return make_response(render_template("mcp/delete.html", server=_server(server_id)))


@pages.post(f"{ONE}/delete")
@needs(Role.ADMIN)
def delete(server_id: str) -> Response:
    """Delete the MCP server."""
    try:
        change(operations.delete_mcp_server, server_id, shown_version())
    except (Conflict, Stale) as error:
        return refused(error, _address(server_id))
    tell(_("MCP server %(name)s is deleted, and its secrets with it.", name=server_id))
    return go(url_for("mcp_servers.index"))


def _server(server_id: str) -> McpServer:
    return change(operations.get_mcp_server, server_id)


def _address(server_id: str) -> str:
    return url_for("mcp_servers.show", server_id=server_id)


def _form(editor: McpEditor, status: int = 200) -> Response:
    return make_response(render_template("mcp/edit.html", editor=editor, problems=editor.problems), status)
