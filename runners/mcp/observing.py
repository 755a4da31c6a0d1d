"""What a tool answered, as text within bounds: its texts, its structured result, and the names of what is no text."""

from __future__ import annotations

import json
from typing import Any

from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from runners.engine.integrations.mcp_trial import hidden
from runners.mcp.faults import shown
from runners.mcp.limits import RESULT_KEPT_BYTES

LINK_SHOWN = 300


def observed(result: CallToolResult, secrets: list[str]) -> dict[str, Any]:
    """Return `outcome` (ok or tool_error), `text`, and `cut`, how many bytes of it are left out."""
    texts = [_text(block, secrets) for block in result.content]
    if result.structured_content is not None and not _is_said(result):
        texts.append(json.dumps(result.structured_content, ensure_ascii=False))
    whole = hidden("\n".join(texts), secrets).encode("utf-8", "replace")
    kept = whole[:RESULT_KEPT_BYTES].decode("utf-8", "ignore")
    return {
        "outcome": "tool_error" if result.is_error else "ok",
        "text": kept,
        "cut": len(whole) - len(kept.encode()),
    }


def _text(block: ContentBlock, secrets: list[str]) -> str:
    match block:
        case TextContent():
            return block.text
        case ImageContent() | AudioContent():
            return _left_out(block.type, block.mime_type, block.data)
        case ResourceLink():
            return f"[a link to {shown(block.uri, secrets, LINK_SHOWN)}, not opened]"
        case EmbeddedResource():
            return _resource(block.resource, secrets)


def _resource(resource: TextResourceContents | BlobResourceContents, secrets: list[str]) -> str:
    if isinstance(resource, TextResourceContents):
        return resource.text
    named = f"resource {shown(resource.uri, secrets, LINK_SHOWN)}"
    return _left_out(named, resource.mime_type or "no type", resource.blob)


def _left_out(what: str, kind: str, base64: str) -> str:
    return f"[{what} of {shown(kind, [], 60)}, about {len(base64) * 3 // 4} bytes, not passed on]"


def _is_said(result: CallToolResult) -> bool:
    """Say whether the texts are the structured result already, as the specification asks of servers."""
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    structured = result.structured_content
    inner = structured["result"] if isinstance(structured, dict) and structured.keys() == {"result"} else structured
    try:
        parsed = [json.loads(text) for text in texts]
    except ValueError:
        parsed = []
    return any(one in (texts, parsed, *texts, *parsed) for one in (structured, inner))
