"""One question to a language model behind an OpenAI-compatible endpoint, by the official client, through the gate.

What goes out passes the redactor; what comes back is at most 256 KiB that nobody trusts yet.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from runners.engine.known_secrets import KNOWN, hidden, hidden_value
from runners.engine.outgoing.address import Gate, NotReachable
from runners.engine.outgoing.transport import GuardedTransport
from runners.models.endpoint import Endpoint, NoAnswer

LONGEST_SEC = 20.0
MOST_BYTES = 256 * 1024
SHOWN = 200
EXTRA = "pip install '.[ai]'"
CHARACTERS_OF_A_TOKEN = 3
"""By which tokens are reckoned where an endpoint does not count them: rather too many than too few."""
JSON_OBJECT: Mapping[str, Any] = {"response_format": {"type": "json_object"}}
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A function that the model wants to be called, with its arguments as the model wrote them: untrusted text."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said, what it wants to be called, and how many tokens that took on either side."""

    text: str
    calls: tuple[Call, ...]
    tokens_in: int
    tokens_out: int


def ask(
    gate: Gate,
    endpoint: Endpoint,
    messages: Sequence[Message],
    wanted: Mapping[str, Any] = JSON_OBJECT,
    *,
    longest_sec: float | None = None,
    check: Callable[[], None] = lambda: None,
) -> Answer:
    """Return the model's answer to `messages`, at most `longest_sec` (20) from now. Raises NoAnswer, and what `check` raises.

    `wanted` is what else the request says: the shape of the answer, or the tools that may be called.
    """
    try:
        import openai
    except ImportError:
        raise NoAnswer(f"{endpoint.named}: the client is not installed; {EXTRA}") from None
    KNOWN.learn([endpoint.key] if endpoint.key else [])
    told: Any = hidden_value(list(messages))
    limit = LONGEST_SEC if longest_sec is None else longest_sec
    client = _client(gate, _deadline(limit, check))
    try:
        with openai.OpenAI(
            api_key=endpoint.key or "none",
            base_url=endpoint.base_url,
            max_retries=0,
            timeout=limit,
            http_client=client,
        ) as model:
            found = model.chat.completions.create(model=endpoint.model, messages=told, **wanted)
            answer = _answer(found, told)
    except (openai.OpenAIError, NotReachable, httpx.HTTPError, _Late, ValueError, AttributeError, TypeError) as fault:
        raise NoAnswer(f"{endpoint.named}: {_words(fault)}") from None
    if not answer.text and not answer.calls:
        raise NoAnswer(f"{endpoint.named}: it answered nothing")
    return answer


def _answer(found: Any, told: Sequence[Message]) -> Answer:
    """Read what the client made of the answer; it checks little of it. Raises ValueError, AttributeError or TypeError."""
    message = found.choices[0].message if found.choices else None
    text = message.content if message and isinstance(message.content, str) else ""
    calls = tuple(
        Call(str(one.function.name), str(one.function.arguments)) for one in (message and message.tool_calls) or ()
    )
    said = text + "".join(call.arguments for call in calls)
    usage = found.usage
    return Answer(
        text,
        calls,
        _counted(usage and usage.prompt_tokens, str(told)),
        _counted(usage and usage.completion_tokens, said),
    )


def _counted(stated: object, text: str) -> int:
    return stated if type(stated) is int and stated >= 0 else len(text) // CHARACTERS_OF_A_TOKEN + 1


class _Late(ValueError):
    """The model took longer, or said more, than it may."""


def _deadline(seconds: float, outer: Callable[[], None]) -> Callable[[], None]:
    until = time.monotonic() + seconds

    def check() -> None:
        outer()
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
