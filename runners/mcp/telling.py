"""Which tools of a server are told to the one who may call them, and how a tool is known again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from mcp.client.client import Client
from mcp_types import Tool

from runners.engine.compact import compact
from runners.engine.integrations.mcp_trial import hidden
from runners.mcp.faults import shown
from runners.mcp.limits import DESCRIPTION_TOLD, MOST_TOOLS, NAME_SHOWN, SCHEMA_TOLD_BYTES, TOLD_TOOLS_BYTES

BINDING = ("name", "title", "description", "inputSchema", "outputSchema", "annotations")
"""What of a tool somebody relies on who chooses it."""


def fingerprint(tool: Tool) -> str:
    """Return what changes whenever anything of `BINDING` does."""
    whole = tool.model_dump(by_alias=True, mode="json")
    return hashlib.sha256(compact([whole.get(part) for part in BINDING]).encode("utf-8", "replace")).hexdigest()


def told(client: Client, found: tuple[list[Tool], bool], secrets: list[str]) -> dict[str, Any]:
    """Return the first line of a session: who answers, and its tools with schema and fingerprint; `more` counts those left out."""
    tools, more = found
    rows, size = [], 0
    for tool in tools[:MOST_TOOLS]:
        row = _row(tool, secrets)
        size += len(json.dumps(row))
        if size > TOLD_TOOLS_BYTES:
            break
        if _can_be_told(tool, tools):
            rows.append(row)
    info = client.server_info
    return {
        "outcome": "ok",
        "text": "",
        "server": shown(f"{info.name} {info.version}", secrets, NAME_SHOWN) if info else "",
        "tools": rows,
        "more": len(tools) - len(rows) + more,
    }


def _can_be_told(tool: Tool, tools: list[Tool]) -> bool:
    """Say whether the name can be shown, is not given twice, and the schema is short enough to be read."""
    name = tool.name
    return (
        0 < len(name) <= NAME_SHOWN
        and name.isprintable()
        and [one.name for one in tools].count(name) == 1
        and len(compact(tool.input_schema)) <= SCHEMA_TOLD_BYTES
    )


def _row(tool: Tool, secrets: list[str]) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": shown(tool.description or "", secrets, DESCRIPTION_TOLD),
        "schema": _hidden_in(tool.input_schema, secrets),
        "fingerprint": fingerprint(tool),
        "repeats": bool(tool.annotations and (tool.annotations.read_only_hint or tool.annotations.idempotent_hint)),
    }


def _hidden_in(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, dict):
        return {hidden(key, secrets): _hidden_in(inner, secrets) for key, inner in value.items()}
    if isinstance(value, list):
        return [_hidden_in(inner, secrets) for inner in value]
    return hidden(value, secrets) if isinstance(value, str) else value
