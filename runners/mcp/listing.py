"""One try of an MCP server: connect, agree on a version, list its tools; and in words what went wrong."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import anyio
import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import Implementation
from pydantic import ValidationError

from runners.engine.integrations.mcp_trial import Trial, TrialOutcome, hidden
from runners.engine.outgoing.address import Exemption, Gate
from runners.engine.version import VERSION
from runners.mcp.http import HEADERS, GatedTransport
from runners.mcp.limits import DESCRIPTION_SHOWN, KEPT_TOOLS_BYTES, MOST_PAGES, MOST_TOOLS, NAME_SHOWN, TooMuch
from runners.mcp.stdio import Program

SHOWN = 300
METHOD_NOT_FOUND = -32601
Asked = dict[str, Any]


async def try_server(asked: Asked) -> Trial:
    """Return how the server that `asked` describes (see `mcp_trial.asked_of`) answers within its time."""
    peer = Program(asked["argv"], asked["folder"], asked["env"]) if "argv" in asked else _transport(asked)
    began = time.monotonic()
    trial = await _tried(peer, asked)
    return replace(trial, elapsed_ms=round((time.monotonic() - began) * 1000))


async def _tried(peer: Program | GatedTransport, asked: Asked) -> Trial:
    with anyio.move_on_after(asked["timeout_sec"]):
        try:
            async with _session(peer, asked) as client:
                return await _listed(client, asked["secrets"])
        except Exception as fault:  # whatever the SDK makes of what a server sends
            return _failed(peer, fault, asked["secrets"])
    return Trial(
        TrialOutcome.TIMEOUT, f"no whole answer within {asked['timeout_sec']:g} s{_words(peer, asked['secrets'])}"
    )


def _transport(asked: Asked) -> GatedTransport:
    return GatedTransport(Gate(tuple(map(Exemption.parse, asked["allow_private"])), asked["own_port"]))


@asynccontextmanager
async def _session(peer: Program | GatedTransport, asked: Asked) -> AsyncIterator[Client]:
    about: dict[str, Any] = {
        "client_info": Implementation(name="multijob", version=VERSION),
        "read_timeout_seconds": asked["timeout_sec"],
        "cache": None,
    }
    if isinstance(peer, Program):
        async with Client(peer.talk(), **about) as client:
            yield client
        return
    headers = {**HEADERS, **asked["headers"]}
    async with (
        httpx2.AsyncClient(transport=peer, headers=headers, timeout=None, max_redirects=5, trust_env=False) as http,
        Client(streamable_http_client(asked["url"], http_client=http), **about) as client,
    ):
        yield client


async def _listed(client: Client, secrets: list[str]) -> Trial:
    tools: list[tuple[str, str]] = []
    cursor, more = None, False
    if client.server_capabilities.tools is not None:
        for _ in range(MOST_PAGES):
            page = await client.list_tools(cursor=cursor)
            tools += [
                (_shown(tool.name, secrets, NAME_SHOWN), _shown(tool.description or "", secrets, DESCRIPTION_SHOWN))
                for tool in page.tools
            ]
            cursor = page.next_cursor
            if not cursor or len(tools) >= MOST_TOOLS:
                break
        more = bool(cursor)
    kept = _that_fit(tools[:MOST_TOOLS])
    info = client.server_info
    return Trial(
        TrialOutcome.OK,
        f"it answers, and offers {len(tools)}{' or more' if more else ''} tool{'' if len(tools) == 1 else 's'}",
        tuple(kept),
        len(tools) - len(kept),
        server=_shown(f"{info.name} {info.version}", secrets, NAME_SHOWN) if info else "",
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


def _failed(peer: Program | GatedTransport, fault: Exception, secrets: list[str]) -> Trial:
    """Say what went wrong; what this side saw of the connection says more than what the SDK makes of it."""
    faults = list(_leaves(fault))
    too_much = next((one for one in faults if isinstance(one, TooMuch)), None)
    if too_much:
        return Trial(TrialOutcome.TOO_MUCH, str(too_much))
    said = next((one for one in faults if isinstance(one, MCPError | ValidationError)), faults[0])
    odd = isinstance(said, ValidationError)
    words = "it sent what is no message of the protocol" if odd else _shown(str(said), secrets, SHOWN)
    if isinstance(peer, GatedTransport):
        return _failed_http(peer, said, words)
    if peer.fault:
        return Trial(TrialOutcome.TOO_MUCH, peer.fault)
    if peer.status is not None:
        how = f"signal {-peer.status}" if peer.status < 0 else f"exit status {peer.status}"
        return Trial(TrialOutcome.ENDED, f"the program ended ({how}) before it had answered{_words(peer, secrets)}")
    return Trial(TrialOutcome.PROTOCOL, f"{words}{_words(peer, secrets)}")


def _failed_http(peer: GatedTransport, said: BaseException, words: str) -> Trial:
    if peer.refused:
        return Trial(TrialOutcome.REFUSED, peer.refused)
    if isinstance(said, httpx2.HTTPError) or not peer.said:
        return Trial(TrialOutcome.UNREACHABLE, f"it cannot be reached: {words}")
    if peer.status in (401, 403):
        return Trial(
            TrialOutcome.UNAUTHORIZED, f"it answered {peer.said}: the credentials in headers are missing, or not taken"
        )
    return Trial(TrialOutcome.PROTOCOL, f"it answered {peer.said}, which is not how an MCP server answers: {words}")


def _words(peer: Program | GatedTransport, secrets: list[str]) -> str:
    if not isinstance(peer, Program):
        return f"; it answered {peer.said}" if peer.said else ""
    odd = f"; it prints what is no message of the protocol: {_shown(peer.odd, secrets, SHOWN)}" if peer.odd else ""
    return odd + (f"; it said: {_shown(peer.last_words, secrets, SHOWN)}" if peer.last_words else "")


def _leaves(fault: BaseException) -> Iterator[BaseException]:
    if isinstance(fault, BaseExceptionGroup):
        for one in fault.exceptions:
            yield from _leaves(one)
    else:
        yield fault


def _shown(text: str, secrets: list[str], most: int) -> str:
    """Return `text` without secrets, on one line of printable characters, cut."""
    line = " ".join("".join(char if char.isprintable() else " " for char in hidden(text, secrets)).split())
    return line if len(line) <= most else line[: most - 1] + "…"
