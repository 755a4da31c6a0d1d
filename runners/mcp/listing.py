"""One try of an MCP server: connect, agree on a version, list its tools; and in words what went wrong."""

from __future__ import annotations

import time
from dataclasses import replace

import anyio
from mcp.client.client import Client
from mcp_types import Tool

from runners.engine.integrations.mcp_trial import Trial, TrialOutcome
from runners.mcp.connecting import Asked, Peer, connected, peer_of
from runners.mcp.faults import failed, seen_of, shown
from runners.mcp.limits import DESCRIPTION_SHOWN, KEPT_TOOLS_BYTES, MOST_PAGES, MOST_TOOLS, NAME_SHOWN


async def try_server(asked: Asked) -> Trial:
    """Return how the server that `asked` describes (see `mcp_use.asked_of`) answers within its time."""
    peer = peer_of(asked)
    began = time.monotonic()
    trial = await _tried(peer, asked)
    return replace(trial, elapsed_ms=round((time.monotonic() - began) * 1000))


async def listed(client: Client) -> tuple[list[Tool], bool]:
    """Return the tools that the server lists, and whether it has more than are read."""
    tools: list[Tool] = []
    cursor = None
    if client.server_capabilities.tools is not None:
        for _ in range(MOST_PAGES):
            page = await client.list_tools(cursor=cursor)
            tools += page.tools
            cursor = page.next_cursor
            if not cursor or len(tools) >= MOST_TOOLS:
                break
    return tools, bool(cursor)


async def _tried(peer: Peer, asked: Asked) -> Trial:
    with anyio.move_on_after(asked["timeout_sec"]):
        try:
            async with connected(peer, asked) as client:
                return await _trial(client, asked["secrets"])
        except Exception as fault:  # whatever the SDK makes of what a server sends
            return failed(peer, fault, asked["secrets"])
    return Trial(
        TrialOutcome.TIMEOUT, f"no whole answer within {asked['timeout_sec']:g} s{seen_of(peer, asked['secrets'])}"
    )


async def _trial(client: Client, secrets: list[str]) -> Trial:
    found, more = await listed(client)
    tools = [
        (shown(tool.name, secrets, NAME_SHOWN), shown(tool.description or "", secrets, DESCRIPTION_SHOWN))
        for tool in found
    ]
    kept = _that_fit(tools[:MOST_TOOLS])
    info = client.server_info
    return Trial(
        TrialOutcome.OK,
        f"it answers, and offers {len(tools)}{' or more' if more else ''} tool{'' if len(tools) == 1 else 's'}",
        tuple(kept),
        len(tools) - len(kept),
        server=shown(f"{info.name} {info.version}", secrets, NAME_SHOWN) if info else "",
        protocol=client.protocol_version,
    )


def _that_fit(tools: list[tuple[str, str]]) -> list[tuple[str, str]]:
    size, kept = 0, []
    for tool in tools:
        size += sum(len(text.encode("utf-8", "replace")) for text in tool)
        if size > KEPT_TOOLS_BYTES:
            break
        kept.append(tool)
    return kept
