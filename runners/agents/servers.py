"""The MCP servers that one start of a run talks to: a session with each, begun when it is first needed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import ExitStack

import httpx

from runners.agents.permits import Lack
from runners.engine import operations
from runners.engine.errors import Conflict, MultijobError, NotFound, Unreadable
from runners.engine.grant import Capability
from runners.engine.handler import Context
from runners.engine.integrations.mcp_server import McpServer
from runners.engine.integrations.mcp_session import McpSession, NoSession
from runners.engine.integrations.mcp_use import asked_of, opened_folder, refusals, secrets_of
from runners.engine.operations import Actor, Role
from runners.engine.outgoing.address import Gate, NotReachable, Unresolved, target_of
from runners.engine.programs.allowed import NotAllowed, allowed_program

MOST_SESSIONS = 8


class OutOfReach(MultijobError):
    """The server cannot be talked to; the message says why, without any secret."""


class Servers:
    """`closing` ends every session; whoever made it ends it."""

    def __init__(self, ctx: Context, closing: ExitStack) -> None:
        self._ctx = ctx
        self._closing = closing
        self._open: dict[str, McpSession] = {}

    def stored(self, server_id: str) -> McpServer:
        """Return the server, enabled. Raises OutOfReach."""
        actor = Actor(f"job {self._ctx.job_id}", Role.VIEWER, "system")
        try:
            server = operations.get_mcp_server(self._ctx.platform, actor, server_id)
        except (NotFound, Unreadable) as fault:
            raise OutOfReach(f"{fault}; an admin keeps MCP servers") from None
        if not server.enabled:
            raise OutOfReach(f"MCP server '{server_id}' is disabled")
        return server

    def lacks(self, server_id: str) -> Iterator[Lack]:
        """Yield what the machine's configuration, with the grants of the job, does not let the server do that it needs."""
        try:
            server = self.stored(server_id)
        except OutOfReach as fault:
            yield Lack(Capability.SERVER, server_id, str(fault), grantable=False)
            return
        if server.transport == "stdio":
            yield from self._program(server)
        else:
            yield from self._address(server)

    def session(self, server_id: str) -> McpSession:
        """Return the session with the server, begun anew when it broke. Raises OutOfReach, and what `ctx.check` raises."""
        known = self._open.get(server_id)
        if known and not known.broken:
            return known
        if known:
            known.close()
        elif len(self._open) >= MOST_SESSIONS:
            raise OutOfReach(f"one run talks to at most {MOST_SESSIONS} MCP servers")
        found = self._begun(self.stored(server_id))
        self._closing.callback(found.close)
        self._open[server_id] = found
        return found

    def _begun(self, server: McpServer) -> McpSession:
        settings = self._ctx.settings
        try:
            secrets = secrets_of(settings, server)
            folder = opened_folder(settings, server)
            asked = asked_of(settings, server, secrets, folder) | {"name": server.server_id}
            return McpSession(asked, folder, self._ctx.check, self._ctx.write)
        except (NotAllowed, Conflict, NoSession) as fault:
            raise OutOfReach(f"MCP server '{server.server_id}': {fault}") from None

    def _program(self, server: McpServer) -> Iterator[Lack]:
        try:
            allowed_program(server.argv, self._ctx.settings.command_allow_prefixes)
        except NotAllowed as fault:
            yield Lack(Capability.PROGRAM, shlex.join(server.argv), f"MCP server '{server.server_id}': {fault}")
        for field, forbidden in refusals(self._ctx.settings, server):
            if field != "command":
                yield Lack(Capability.SERVER, server.server_id, forbidden, grantable=False)

    def _address(self, server: McpServer) -> Iterator[Lack]:
        url = httpx.URL(server.url or "")
        try:
            Gate.of(self._ctx.settings).admit(url, self._ctx.check)
        except Unresolved:
            return  # nobody forbids it
        except NotReachable as fault:
            yield Lack(Capability.PRIVATE_TARGET, target_of(url), f"MCP server '{server.server_id}': {fault}")
