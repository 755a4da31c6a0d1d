"""Calling tools of MCP servers for one run: which it may, what it lacks, and what came of a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runners.agents.permits import Lack
from runners.agents.servers import OutOfReach, Servers
from runners.agents.tools.tool import ActFailed, Observation, Situation
from runners.engine.grant import Capability, pinned
from runners.engine.integrations.mcp_session import Answer, CallOutcome, McpTool

Arguments = Mapping[str, Any]


def qualified(server_id: str, tool: str) -> str:
    """Return the name by which `allow_tools` and grants know a tool; no server's id has a slash in it."""
    return f"{server_id}/{tool}"


class Calling:
    """`servers` are those that the run talks to."""

    def __init__(self, situation: Situation) -> None:
        self._ctx = situation.ctx
        self._permits = situation.permits
        self.servers = Servers(situation.ctx, situation.closing)

    def is_permitted(self, server_id: str, tool: McpTool) -> bool:
        """Say whether the tool as it is listed, or its whole server, may be used."""
        return self._permits.server_tool(server_id, qualified(server_id, tool.name), tool.fingerprint)

    def lacks(self, server_id: str, tool: str) -> list[Lack]:
        """Return what a call lacks: what the server needs of this machine, and once it can be asked what the tool is, the tool."""
        found = list(self.servers.lacks(server_id))
        if found or self._permits.has(Capability.SERVER, server_id):
            return found
        try:
            tools = self.servers.session(server_id).tools
        except OutOfReach:
            return []  # the call says why, and cannot be made
        return [
            self._lack(server_id, one) for one in tools if one.name == tool and not self.is_permitted(server_id, one)
        ]

    def _lack(self, server_id: str, tool: McpTool) -> Lack:
        name = qualified(server_id, tool.name)
        why = f"the job does not allow tool '{tool.name}' of MCP server '{server_id}'"
        if self._permits.once(name):
            why = f"tool '{tool.name}' of MCP server '{server_id}' changed since it was granted, or was granted without its fingerprint"
        return Lack(Capability.TOOL, pinned(name, tool.fingerprint), why)

    def listed(self, server_id: str) -> Sequence[McpTool]:
        """Return the tools of a server that may be used. Raises OutOfReach."""
        tools = self.servers.session(server_id).tools
        return [tool for tool in tools if self.is_permitted(server_id, tool)]

    def call(self, server_id: str, tool: McpTool, arguments: Arguments) -> Observation:
        """Call a tool as it was listed. Raises ActFailed and OutOfReach."""
        if not self.is_permitted(server_id, tool):
            raise ActFailed(f"'{qualified(server_id, tool.name)}' is not allowed")
        answer = self.servers.session(server_id).call(tool, arguments, self._ctx.remaining().total_seconds())
        if answer.outcome is not CallOutcome.OK:
            raise ActFailed(f"{qualified(server_id, tool.name)}: {_fault(answer)}")
        return Observation(answer.text + (f"\n[{answer.cut} more bytes are left out]" if answer.cut else ""))


def _fault(answer: Answer) -> str:
    return f"the tool failed: {answer.text}" if answer.outcome is CallOutcome.TOOL_ERROR else answer.text
