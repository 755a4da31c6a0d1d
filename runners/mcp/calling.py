"""A session with one MCP server: its tools as they are told to the one who calls, and one call after another.

Before each call the tools are listed anew. One that is not what it was when it was told is not called: whoever chose it read
another description. Arguments are checked against the server's own schema first; a reference in a schema leads nowhere but
into that schema.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections.abc import AsyncIterator, Mapping
from typing import Any

import anyio
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types import CONNECTION_CLOSED, Tool

from runners.engine.integrations.mcp_trial import hidden
from runners.mcp.arguments import faults_of
from runners.mcp.connecting import Asked, Peer, connected, peer_of
from runners.mcp.faults import SHOWN, failed, seen_of, shown
from runners.mcp.limits import LARGEST_MESSAGE, STDERR_TOLD
from runners.mcp.listing import listed
from runners.mcp.observing import observed
from runners.mcp.stdio import Program
from runners.mcp.telling import fingerprint, told

SPARE_SEC = 5.0
"""How much longer the SDK would wait than we do, so that it is always us who say that it took too long."""
Said = dict[str, Any]
Request = Mapping[str, Any]


async def converse(asked: Asked) -> None:
    """Connect, tell the server's tools, and answer each request; a failure to connect is the one answer there is."""
    secrets: list[str] = asked["secrets"]
    peer = peer_of(asked, _Stderr(asked["name"], secrets).tell)
    try:
        with anyio.move_on_after(asked["timeout_sec"]) as opening:
            async with connected(peer, asked) as client:
                _say(told(client, await listed(client), secrets))
                opening.deadline = math.inf
                async for request in _requests():
                    _say(await _answer(client, peer, request, secrets))
                return
    except Exception as fault:  # whatever the SDK makes of what a server sends
        _say(_failure(peer, fault, secrets))
        return
    _say({"outcome": "timeout", "text": f"no whole answer within {asked['timeout_sec']:g} s{seen_of(peer, secrets)}"})


async def _answer(client: Client, peer: Peer, request: Request, secrets: list[str]) -> Said:
    """Return what became of the call of `request`: its `tool`, `arguments`, `fingerprint` and `timeout_sec`."""
    peer.allowance.renew()
    with anyio.move_on_after(request["timeout_sec"]):
        try:
            tools, _ = await listed(client)
            if refusal := _refusal(tools, request):
                return {"outcome": "refused", "text": hidden(refusal, secrets)}
            result = await client.session.call_tool(
                request["tool"], dict(request["arguments"]), read_timeout_seconds=request["timeout_sec"] + SPARE_SEC
            )
            return observed(result, secrets)
        except Exception as fault:  # whatever the SDK makes of what a server sends
            if _is_an_answer(peer, fault):
                return {"outcome": "tool_error", "text": shown(str(fault), secrets, SHOWN)}
            return _failure(peer, fault, secrets)
    return {
        "outcome": "timeout",
        "text": f"no whole answer within {request['timeout_sec']:g} s, whatever the tool did{seen_of(peer, secrets)}",
    }


def _refusal(tools: list[Tool], request: Request) -> str:
    """Return why the tool is not called, '' when it may be."""
    named = [tool for tool in tools if tool.name == request["tool"]]
    if len(named) != 1:
        return f"the server offers {'no such tool any more' if not named else 'two tools of this name'}"
    if fingerprint(named[0]) != request["fingerprint"]:
        return "its description or schema is not what it was when it was listed"
    wrong = faults_of(named[0].input_schema, request["arguments"])
    return f"the arguments do not fit its schema: {'; '.join(wrong)}" if wrong else ""


def _is_an_answer(peer: Peer, fault: Exception) -> bool:
    """Say whether the server itself answered with this error: the session goes on then."""
    reached = isinstance(peer, Program) or peer.status < 400
    return reached and isinstance(fault, MCPError) and fault.error.code != CONNECTION_CLOSED


def _failure(peer: Peer, fault: Exception, secrets: list[str]) -> Said:
    trial = failed(peer, fault, secrets)
    return {"outcome": trial.outcome, "text": trial.detail}


def _say(said: Said) -> None:
    sys.stdout.write(f"{json.dumps(said)}\n")
    sys.stdout.flush()


async def _requests() -> AsyncIterator[Request]:
    reader = asyncio.StreamReader(limit=LARGEST_MESSAGE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


class _Stderr:
    """Tells what the program of the server `name` says, without secrets and within bounds, on our own stderr."""

    def __init__(self, name: str, secrets: list[str]) -> None:
        self._name = name
        self._secrets = secrets
        self._left = STDERR_TOLD

    def tell(self, line: str) -> None:
        """Pass one line on."""
        if not line.strip() or self._left <= 0:
            return
        self._left -= len(line) + 1
        rest = "" if self._left > 0 else " (the rest of what it says is left out)"
        sys.stderr.write(f"{self._name}: {hidden(line, self._secrets)}{rest}\n")
        sys.stderr.flush()
