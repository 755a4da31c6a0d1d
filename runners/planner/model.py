"""One question to a language model behind an OpenAI-compatible endpoint, by the official client, through the gate.

What goes out passes the redactor; what comes back is text of at most 256 KiB that nobody trusts yet.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from runners.engine.errors import MultijobError
from runners.engine.known_secrets import KNOWN, hidden
from runners.engine.outgoing.address import Gate, NotReachable
from runners.engine.outgoing.transport import GuardedTransport

LONGEST_SEC = 20.0
MOST_BYTES = 256 * 1024
SHOWN = 200
EXTRA = "pip install 'multijob[ai]'"
Message = dict[str, str]


class NoAnswer(MultijobError):
    """The model gave no usable answer; the message says why, without any secret."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers, by which name, and with which key; `named` is what people read of it."""

    named: str
    base_url: str
    model: str
    key: str = field(repr=False)


def ask(gate: Gate, endpoint: Endpoint, messages: Sequence[Message]) -> str:
    """Return the model's answer to `messages`, at most 20 s from now. Raises NoAnswer."""
    try:
        import openai
    except ImportError:
        raise NoAnswer(f"{endpoint.named}: the client is not installed; {EXTRA}") from None
    KNOWN.learn([endpoint.key] if endpoint.key else [])
    told: Any = [message | {"content": hidden(message["content"])} for message in messages]
    try:
        with openai.OpenAI(
            api_key=endpoint.key or "none",
            base_url=endpoint.base_url,
            max_retries=0,
            timeout=LONGEST_SEC,
            http_client=_client(gate, _deadline(LONGEST_SEC)),
        ) as client:
            answer = client.chat.completions.create(
                model=endpoint.model,
                messages=told,
                response_format={"type": "json_object"},
            )
            text = answer.choices[0].message.content if answer.choices else None
    except (openai.OpenAIError, NotReachable, httpx.HTTPError, _Late, ValueError, AttributeError, TypeError) as fault:
        raise NoAnswer(f"{endpoint.named}: {_words(fault)}") from None
    if not text or not isinstance(text, str):
        raise NoAnswer(f"{endpoint.named}: it answered nothing")
    return text


class _Late(ValueError):
    """The model took longer, or said more, than it may."""


def _deadline(seconds: float) -> Callable[[], None]:
    until = time.monotonic() + seconds

    def check() -> None:
        if time.monotonic() > until:
            raise _Late(f"no whole answer within {seconds:g} s")

    return check


def _client(gate: Gate, check: Callable[[], None]) -> Any:
    """Return the client's own kind of HTTP client, whose every request passes the gate."""
    import httpx2

    class Gated(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            ours = httpx.Request(request.method, str(request.url), headers=_headers(request), content=request.read())
            answer = GuardedTransport(gate, check).handle_request(ours)
            try:
                body = b"".join(_bounded(answer.iter_raw()))
            finally:
                answer.close()
            return httpx2.Response(answer.status_code, headers=answer.headers.raw, content=body, request=request)

    return httpx2.Client(transport=Gated(), trust_env=False, follow_redirects=False)


def _headers(request: Any) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in request.headers.raw if name.lower() != b"accept-encoding"]


def _bounded(parts: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for part in parts:
        size += len(part)
        if size > MOST_BYTES:
            raise _Late(f"an answer of more than {MOST_BYTES} bytes")
        yield part


def _words(fault: BaseException) -> str:
    """Return the deepest reason of a failed request: the client wraps what the transport raised."""
    while fault.__cause__ is not None and str(fault.__cause__):
        fault = fault.__cause__
    return hidden(str(fault) or type(fault).__name__)[:SHOWN]
