"""MCP servers as JSON: how each is reached, masks where secrets are, and how the last try went; contract §7."""

from typing import Literal

from runners.engine.integrations.mcp_server import McpServer
from runners.engine.integrations.mcp_trial import TrialOutcome
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class ToolRow(Shape):
    """A tool that the server offers, its description on one line and cut."""

    name: str
    description: str


class McpTestRow(Shape):
    """How a try went: `detail` says it in a sentence; `more_tools` counts tools that are not listed.

    `server` is what the server calls itself, `protocol` the version that was agreed on; both null without an answer.
    """

    outcome: TrialOutcome
    detail: str
    tools: list[ToolRow]
    more_tools: int
    server: str | None
    protocol: str | None
    elapsed_ms: int
    tested_at: Stamp


class McpServerRow(Shape):
    """One MCP server. Secret entries of `env` and `headers` are masks: at most the last four characters.

    `refusal` says why the server's configuration would not let its program be started, null when nothing does.
    `unreadable` names the secrets that cannot be opened with the keys of this process: put their key back, or set them anew.
    `tested` is how the last try of this version went, null when it was never tried.
    """

    server_id: str
    label: str
    enabled: bool
    transport: Literal["stdio", "http"]
    command: str | None
    args: list[str]
    env: dict[str, str]
    cwd: str | None
    url: str | None
    headers: dict[str, str]
    timeout_sec: int
    has_secret: bool
    refusal: str | None
    unreadable: list[str]
    version: int
    tested: McpTestRow | None
    created_at: Stamp
    updated_at: Stamp


class SavedMcpServerRow(McpServerRow):
    """The server after a change, and what that was; `unchanged` wrote no version."""

    status: Literal["created", "updated", "unchanged"]


class DeletedMcpServerRow(Shape):
    """The answer to a deletion."""

    server_id: str
    status: Literal["deleted"]


def mcp_server_row(server: McpServer) -> McpServerRow:
    """Return a server that exists for the wire."""
    assert server.made_at and server.updated_at and server.transport, "what is shown was read from the store"
    return {
        "server_id": server.server_id,
        "label": server.label,
        "enabled": server.enabled,
        "transport": server.transport,
        "command": server.command,
        "args": list(server.args),
        "env": server.env,
        "cwd": server.cwd,
        "url": server.url,
        "headers": server.headers,
        "timeout_sec": server.timeout_sec,
        "has_secret": bool(server.kept.sealed),
        "refusal": server.refusal,
        "unreadable": list(server.unreadable),
        "version": server.version,
        "tested": mcp_test_row(server) if server.tested else None,
        "created_at": stamp(server.made_at),
        "updated_at": stamp(server.updated_at),
    }


def mcp_test_row(server: McpServer) -> McpTestRow:
    """Return how the last try of the server went, which must have been made."""
    trial = server.tested
    assert trial is not None, "it was tried"
    return {
        "outcome": trial.outcome,
        "detail": trial.detail,
        "tools": [{"name": name, "description": description} for name, description in trial.tools],
        "more_tools": trial.more,
        "server": trial.server or None,
        "protocol": trial.protocol or None,
        "elapsed_ms": trial.elapsed_ms,
        "tested_at": server.tested_at,
    }
