"""Connecting to an MCP server by the official SDK's client, through our own ways to a program and to an address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import Implementation

from runners.engine.outgoing.address import Gate
from runners.engine.settings.exemption import Exemption
from runners.engine.version import VERSION
from runners.mcp.http import HEADERS, GatedTransport
from runners.mcp.stdio import Program

Asked = dict[str, Any]
"""What `mcp_use.asked_of` tells of a server, with `folder`, a descriptor."""
Peer = Program | GatedTransport


def peer_of(asked: Asked, tell: Callable[[str], None] = lambda line: None) -> Peer:
    """Return the way to the server; nothing is started or sent yet. `tell` gets what a program says on stderr."""
    if "argv" in asked:
        return Program(asked["argv"], asked["folder"], asked["env"], tell)
    return GatedTransport(Gate(tuple(map(Exemption.parse, asked["allow_private"])), asked["own_port"]))


@asynccontextmanager
async def connected(peer: Peer, asked: Asked) -> AsyncIterator[Client]:
    """Yield a client that has agreed on a version with the server. No callback is given: what a server asks of us is refused."""
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
