"""MCP servers: list, read, make, change, delete and try them; contract §7."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.integrations.mcp_change import McpChange
from runners.engine.operations import Role
from webapp.api import preconditions
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import RowQuery
from webapp.api.jobs import NoFields
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.mcp_servers import (
    DeletedMcpServerRow,
    McpServerRow,
    McpTestRow,
    SavedMcpServerRow,
    mcp_server_row,
    mcp_test_row,
)

LIST = "/integrations/mcp/servers"
PATH = f"{LIST}/{{server_id}}"


@endpoint("GET", LIST, Role.VIEWER, query=RowQuery, answers={200: list[McpServerRow]}, paged=True)
def list_mcp_servers(query: RowQuery) -> Response:
    """List the MCP servers in the order of their ids; one whose record cannot be read has no row, but counts in the total."""
    page = operations.list_mcp_servers(platform(), actor(), query.limit, query.offset, query.cursor)
    return many(page, mcp_server_row)


@endpoint("GET", PATH, Role.VIEWER, answers={200: McpServerRow}, versioned=True, refusals=(409,))
def read_mcp_server(server_id: str) -> Response:
    """Read one MCP server; its secrets are masks."""
    server = operations.get_mcp_server(platform(), actor(), server_id)
    return preconditions.one_tagged(mcp_server_row(server), server.version)


@endpoint(
    "PUT",
    PATH,
    Role.ADMIN,
    body=McpChange,
    answers={200: SavedMcpServerRow, 201: SavedMcpServerRow},
    versioned=True,
    creates=True,
    refusals=(409,),
)
def save_mcp_server(server_id: str) -> Response:
    """Make an MCP server, or change what the body names of it; null clears."""
    saved = operations.save_mcp_server(
        platform(),
        actor(),
        server_id,
        json_object(),
        create_only=preconditions.create_only(),
        expected_version=_expected(server_id),
    )
    row: SavedMcpServerRow = {**mcp_server_row(saved.server), "status": saved.status}
    return preconditions.saved(row, f"{LIST}/{server_id}", saved.server.version)


@endpoint("DELETE", PATH, Role.ADMIN, answers={200: DeletedMcpServerRow}, versioned=True, refusals=(409,))
def delete_mcp_server(server_id: str) -> Response:
    """Delete an MCP server and its secrets."""
    operations.delete_mcp_server(platform(), actor(), server_id, _expected(server_id))
    row: DeletedMcpServerRow = {"server_id": server_id, "status": "deleted"}
    return one(row)


@endpoint(
    "POST", f"{PATH}/test", Role.ADMIN, body=NoFields, body_optional=True, answers={200: McpTestRow}, refusals=(412,)
)
def test_mcp_server(server_id: str) -> Response:
    """Connect to an MCP server and list its tools; 200 says that it was tried, `outcome` how it went."""
    model_of(NoFields, json_object(optional=True))
    return one(mcp_test_row(operations.test_mcp_server(platform(), actor(), server_id)))


def _expected(server_id: str) -> int | None:
    def version() -> int:
        return operations.get_mcp_server(platform(), actor(), server_id).version

    return preconditions.expected_record(f"MCP server '{server_id}'", version)
