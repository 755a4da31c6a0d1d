"""MCP servers: read by everybody who may look, changed and tried by admins, their secrets never given out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from threading import BoundedSemaphore
from typing import Any

from runners.engine.clock import rfc3339
from runners.engine.errors import Conflict, Invalid, Problem, Unreadable
from runners.engine.events import EventType
from runners.engine.integrations import mcp_server as servers
from runners.engine.integrations.mcp_server import McpServer
from runners.engine.integrations.mcp_trial import Trial, TrialOutcome, run_trial
from runners.engine.integrations.mcp_use import asked_of, opened_folder, refusals, secrets_of
from runners.engine.integrations.sealing import sealing, unreadable
from runners.engine.operations import keeping
from runners.engine.operations.keeping import Status
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.programs.allowed import NotAllowed
from runners.engine.protocol.records import Said
from runners.engine.secret_fields import Kept
from runners.engine.store import records
from runners.engine.store.page import Page
from runners.engine.store.records import Record

AT_ONCE = BoundedSemaphore(4)
"""Tries of one process at the same time: each is a process of its own, and holds a thread of this one."""


@dataclass(frozen=True, slots=True)
class SavedMcpServer:
    """What saving did, and the server as it is now."""

    status: Status
    server: McpServer


@operation(Role.VIEWER)
def list_mcp_servers(
    platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[McpServer]:
    """Return a page of the MCP servers, in the order of their ids."""
    page = records.list_records(platform.store, "mcp", limit, offset, cursor)
    return keeping.page_of(page, lambda record: _server(platform, record))


@operation(Role.VIEWER)
def get_mcp_server(platform: Platform, actor: Actor, server_id: str) -> McpServer:
    """Return the MCP server. Raises NotFound and Unreadable."""
    return _server(platform, keeping.existing(platform, "mcp", server_id))


@operation(Role.ADMIN)
def save_mcp_server(
    platform: Platform,
    actor: Actor,
    server_id: str,
    raw: Mapping[str, Any],
    create_only: bool = False,
    expected_version: int | None = None,
) -> SavedMcpServer:
    """Make the MCP server, or change what `raw` names of it.

    Raises Invalid, also for a program that the server's configuration does not allow; Stale when it is not of
    `expected_version` (or exists, with `create_only`), and NoKey.
    """
    seal = sealing(platform, "mcp", server_id)

    def content(record: Record | None) -> dict[str, Any]:
        before = _server(platform, record) if record else McpServer(server_id)
        made = servers.changed(before, raw, seal)
        _refuse_unallowed(platform, servers.read(server_id, made), raw)
        return made

    said = Said(EventType.INTEGRATION_MCP_SERVER_UPSERTED, _about(actor, server_id) | {"fields": sorted(raw)})
    status = keeping.save(platform, actor, "mcp", server_id, content, said, create_only, expected_version)
    return SavedMcpServer(status, get_mcp_server(platform, actor, server_id))


@operation(Role.ADMIN)
def delete_mcp_server(platform: Platform, actor: Actor, server_id: str, expected_version: int | None = None) -> None:
    """Delete the MCP server and its secrets. Raises NotFound and Stale."""
    said = Said(EventType.INTEGRATION_MCP_SERVER_DELETED, _about(actor, server_id))
    keeping.delete(platform, actor, "mcp", server_id, said, expected_version)


@operation(Role.ADMIN)
def test_mcp_server(platform: Platform, actor: Actor, server_id: str) -> McpServer:
    """Connect to the MCP server, list its tools, and keep how that went beside this version of it.

    It takes as long as the server's own time at most, and then some. Raises NotFound, Unreadable, Conflict while too many
    others are tried, and Stale when the server was changed meanwhile.
    """
    server = get_mcp_server(platform, actor, server_id)
    if not AT_ONCE.acquire(blocking=False):
        raise Conflict("four MCP servers are being tried at this moment; try again when one of them is done")
    try:
        trial = _tried(platform, server)
    finally:
        AT_ONCE.release()
    tested = trial.content() | {"tested_at": rfc3339(platform.store.now())}
    about = {"outcome": trial.outcome, "detail": trial.detail}
    keeping.keep_test(platform, actor, "mcp", server_id, server.version, tested, about)
    return replace(server, tested=trial, tested_at=tested["tested_at"])


def _tried(platform: Platform, server: McpServer) -> Trial:
    try:
        secrets = secrets_of(platform.settings, server)
        folder = opened_folder(platform.settings, server)
        asked = asked_of(platform.settings, server, secrets, folder)
    except (NotAllowed, Conflict) as error:
        return Trial(TrialOutcome.REFUSED, str(error))
    return run_trial(asked, folder).without(secrets.values())


def _server(platform: Platform, record: Record) -> McpServer:
    try:
        tested = record.tested
        server = servers.read(
            record.name,
            record.content,
            version=record.version,
            made_at=record.made_at,
            updated_at=record.updated_at,
            tested=Trial.read(tested) if tested else None,
            tested_at=str(tested["tested_at"]) if tested else "",
            unreadable=unreadable(platform, Kept.of(record.content).sealed),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise Unreadable(
            f"MCP server '{record.name}': its record cannot be read ({fault!r:.200}); delete it"
        ) from fault
    first = next(refusals(platform.settings, server), None)
    return replace(server, refusal=first and first[1])


def _refuse_unallowed(platform: Platform, server: McpServer, raw: Mapping[str, Any]) -> None:
    """Refuse a program, folder or variable that the configuration does not allow, where `raw` names it.

    A program that is exactly its template's may be kept: what could be started is decided again when it is.
    """
    problems = list(_unallowed(platform, server, raw))
    if problems:
        raise Invalid(problems)


def _unallowed(platform: Platform, server: McpServer, raw: Mapping[str, Any]) -> Iterator[Problem]:
    for part, fault in refusals(platform.settings, server):
        named = {"command", "args", "transport"} if part == "command" else {part}
        if named & raw.keys() and not (part == "command" and server.is_as_in_catalog):
            yield Problem((part,), fault, "not_allowed")


def _about(actor: Actor, server_id: str) -> dict[str, Any]:
    return {"server_id": server_id, "actor": actor.name}
