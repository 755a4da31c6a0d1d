"""`mcp`: tools of MCP servers, by the official SDK. What a job may use already is offered under names of its own, with the
server's schema; the rest is called by `mcp`, which asks for it. What a server says is foreign: it describes, and decides nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

from runners.agents.calling import Arguments, Calling, qualified
from runners.agents.permits import Lack
from runners.agents.servers import OutOfReach
from runners.agents.tools.tool import ActFailed, ModelTool, Observation, Situation, Tool
from runners.engine.integrations.mcp_session import McpTool

NAME_LONGEST = 64
MOST_OFFERED = 40
OFFERED_BYTES = 48 * 1024
"""Of the schemas and descriptions of all tools that are offered by their own names; the rest is called by `mcp`."""
ARGUMENTS_SHOWN = 200


class ServerTool(Tool[Arguments]):
    """One tool of one server, as the server listed it when this start of the run began."""

    kind = "mcp"

    def __init__(self, calling: Calling, server_id: str, tool: McpTool, name: str) -> None:
        self._calling, self._server_id, self._tool = calling, server_id, tool
        self.name = name
        self.description = f"tool {tool.name} of MCP server {server_id}"
        self.told = tool.description
        self.mark = tool.fingerprint

    def schema(self) -> dict[str, Any]:
        """Return the server's schema."""
        return dict(self._tool.schema)

    def read(self, raw: Mapping[str, Any]) -> Arguments:
        """Return the arguments; they are checked against the server's schema before they are sent."""
        return raw

    def what(self, arguments: Arguments) -> str:
        """Say which tool is called with what."""
        return _what(qualified(self._server_id, self._tool.name), arguments)

    def lacks(self, arguments: Arguments) -> Sequence[Lack]:
        """Return what was permitted when the run began and is no longer."""
        return self._calling.lacks(self._server_id, self._tool.name)

    def repeats_safely(self, arguments: Arguments) -> bool:
        """Say what the server says: it can harm nothing but itself by that."""
        return self._tool.repeats

    def act(self, arguments: Arguments, key: str) -> Observation:
        """Call it."""
        return self._calling.call(self._server_id, self._tool, arguments)


class McpArguments(BaseModel, extra="forbid", frozen=True):
    """Any tool of any server that is kept here."""

    server: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="the server's id")
    tool: str = Field(pattern=r"^[!-~]{1,128}$", description="the tool's name")
    arguments: dict[str, Any] = Field({}, description="the tool's arguments")


class AnyMcpTool(ModelTool[McpArguments]):
    """Calls a tool by its name; one that the job does not allow is asked for."""

    name = kind = "mcp"
    description = "call a tool of an MCP server that is not offered by a name of its own; a wrong name is answered by the right ones"
    arguments = McpArguments

    def __init__(self, calling: Calling) -> None:
        self._calling = calling

    def what(self, arguments: McpArguments) -> str:
        """Say which tool is called with what."""
        return _what(qualified(arguments.server, arguments.tool), arguments.arguments)

    def lacks(self, arguments: McpArguments) -> Sequence[Lack]:
        """Return what the tool and its server lack."""
        return self._calling.lacks(arguments.server, arguments.tool)

    def act(self, arguments: McpArguments, key: str) -> Observation:
        """Call it, as it is listed now."""
        tools = self._calling.listed(arguments.server)
        found = next((tool for tool in tools if tool.name == arguments.tool), None)
        if found is None:
            names = ", ".join(tool.name for tool in tools) or "none that may be used"
            raise ActFailed(f"MCP server '{arguments.server}' offers no tool '{arguments.tool}'; it offers: {names}")
        return self._calling.call(arguments.server, found, arguments.arguments)


def offered(situation: Situation) -> Iterator[Tool[Any]]:
    """Yield every tool that may be used by a name of its own, and the one that calls any other."""
    if not situation.permits.tool("mcp"):
        return
    calling = Calling(situation)
    yield from _own(situation, calling)
    yield AnyMcpTool(calling)


def _own(situation: Situation, calling: Calling) -> Iterator[Tool[Any]]:
    names, left = {"mcp"}, OFFERED_BYTES
    for server_id in situation.permits.servers():
        try:
            tools = calling.listed(server_id)
        except OutOfReach as fault:
            situation.ctx.log(f"its tools are not offered: {fault}")
            continue
        for tool in tools:
            name = re.sub(r"[^A-Za-z0-9_-]", "_", f"mcp_{server_id}_{tool.name}")[:NAME_LONGEST]
            left -= len(json.dumps(dict(tool.schema))) + len(tool.description)
            # `why` is what every call is asked for: a tool that has one of its own is called by `mcp`
            fits = left > 0 and len(names) <= MOST_OFFERED and "why" not in tool.schema.get("properties", {})
            if fits and name not in names:
                names.add(name)
                yield ServerTool(calling, server_id, tool, name)


def _what(name: str, arguments: Arguments) -> str:
    return f"{name} {json.dumps(dict(arguments), ensure_ascii=False)[:ARGUMENTS_SHOWN]}"
