"""A server that speaks the chat completions of OpenAI, and says what a test wants a model to say."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.handlers.server import Seen, Site

PATH = "/v1/chat/completions"
Turn = dict[str, Any]
"""A tool's name under `call` with its `arguments`; or the `text` of an answer that calls nothing."""


def completion(message: dict[str, Any], usage: tuple[int, int] | None = None) -> bytes:
    """Return the body of an answer; `usage` are its tokens in and out."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}
    body: dict[str, Any] = {"id": "1", "object": "chat.completion", "created": 1, "model": "tiny", "choices": [choice]}
    if usage:
        body["usage"] = dict(zip(("prompt_tokens", "completion_tokens"), usage, strict=True), total_tokens=sum(usage))
    return json.dumps(body).encode()


def says(site: Site, content: object, status: int = 200) -> None:
    """Let the model answer with this, whatever it is asked."""
    text = content if isinstance(content, str) else json.dumps(content)
    site.pages[PATH] = (status, {"Content-Type": "application/json"}, completion({"content": text}))


def call(tool: str, /, why: str = "because", **arguments: Any) -> Turn:
    """Return a turn that calls a tool."""
    return {"call": tool, "arguments": {"why": why, **arguments}}


def plan(*tools: str) -> Turn:
    """Return the turn that plans these tools."""
    return call("plan", steps=[{"tool": tool, "why": f"use {tool}"} for tool in tools])


def finish(summary: str = "it is done", success: bool = True) -> Turn:
    """Return the last turn."""
    return call("finish", summary=summary, success=success)


def play(site: Site, *turns: Turn | Callable[[list[dict[str, Any]]], Turn], usage: tuple[int, int] = (100, 10)) -> None:
    """Let the model take these turns in their order.

    Which one is next is told by the conversation, never by a count of requests: a model that is asked again after a
    worker's death says the same again. A function is given the messages. Past the last turn it repeats that.
    """

    def answer(door: BaseHTTPRequestHandler) -> None:
        messages = json.loads(site.seen[-1].body)["messages"]
        place = sum(message["role"] == "assistant" for message in messages)
        turn = turns[min(place, len(turns) - 1)]
        body = completion(_message(turn(messages) if callable(turn) else turn), usage)
        door.send_response(200)
        door.send_header("Content-Type", "application/json")
        door.send_header("Content-Length", str(len(body)))
        door.end_headers()
        door.wfile.write(body)

    site.pages[PATH] = answer


def asked(site: Site) -> list[dict[str, Any]]:
    """Return what the model was sent, one body for each turn."""
    return [json.loads(seen.body) for seen in site.seen if seen.path == PATH]


def told(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the model was told of its acts, in their order."""
    return [json.loads(message["content"]) for message in messages if message["role"] == "tool"]


def sent_key(seen: Seen) -> str:
    """Return the header that holds the key."""
    return {name.lower(): value for name, value in seen.headers.items()}["authorization"]


def _message(turn: Turn) -> dict[str, Any]:
    if "call" not in turn:
        return {"content": turn["text"]}
    arguments = turn["arguments"] if isinstance(turn["arguments"], str) else json.dumps(turn["arguments"])
    called = {"id": "call-1", "type": "function", "function": {"name": turn["call"], "arguments": arguments}}
    return {"content": None, "tool_calls": [called]}
