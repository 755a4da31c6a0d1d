"""`http.request`: one HTTP request to an address that the gate admits, with its answer as the run's output."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Literal

import httpx
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, JsonValue

from runners.engine.handler import Context, HandlerFailed, handler
from runners.engine.outgoing.address import Gate, NotReachable, fault_of
from runners.engine.outgoing.answer import KEPT_BYTES, as_text, read_raw, unpacked
from runners.engine.outgoing.headers import checked, shown, without_secrets
from runners.engine.outgoing.transport import GuardedTransport

MAX_REDIRECTS = 5


def _url(text: str) -> str:
    try:
        fault = fault_of(httpx.URL(text))
    except httpx.InvalidURL as error:
        fault = str(error)
    if fault:
        raise ValueError(fault)
    return text


def _upper(method: object) -> object:
    return method.upper() if isinstance(method, str) else method


Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
Status = Annotated[int, Field(ge=100, le=599)]


class RequestInputs(BaseModel, extra="forbid", frozen=True):
    """`body`: text is sent as it is, any other JSON value as JSON. `expect_status`: none means 200-299."""

    method: Annotated[Method, BeforeValidator(_upper)] = Field("GET", description="how to ask")
    url: Annotated[str, Field(min_length=1, max_length=2048), AfterValidator(_url)] = Field(
        description="where to ask; a private address must be allowed", examples=["https://example.com/health"]
    )
    headers: Annotated[dict[str, str], Field(max_length=50), AfterValidator(checked)] = Field(
        {},
        description="headers to send along; write a secret as {{secret:openai/main/api_key}}: operators read what stands here",
        examples=[{"Accept": "application/json"}],
    )
    body: JsonValue = Field(
        None, description="text goes as it is, any other JSON value as JSON", examples=[{"ids": [1, 2]}]
    )
    expect_status: Status | Annotated[list[Status], Field(min_length=1, max_length=50)] | None = Field(
        None,
        description="what counts as success, one status or a list; 200 to 299 when left out",
        examples=[[200, 204]],
    )
    timeout_sec: float | None = Field(
        None, ge=0.1, le=86_400, description="how long the whole answer may take, in seconds", examples=[5]
    )

    def expects(self, status: int) -> bool:
        """Say whether `status` is one that the job calls a success."""
        if self.expect_status is None:
            return 200 <= status <= 299
        return status in (self.expect_status if isinstance(self.expect_status, list) else [self.expect_status])


@handler("http.request", inputs=RequestInputs, isolation="thread", grants=True)
def request(ctx: Context, inputs: RequestInputs) -> dict[str, object]:
    """Send one HTTP request and keep its answer; an unexpected status is a failed run."""
    started = time.monotonic()
    transport = GuardedTransport(Gate.of(ctx.settings), _patience(ctx, inputs.timeout_sec))
    try:
        with httpx.Client(transport=transport, trust_env=False, headers=_own_headers()) as client:
            answer, body = _follow(client, inputs, ctx.may_send)
    except NotReachable as error:
        raise HandlerFailed(str(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise HandlerFailed(f"{inputs.method} {httpx.URL(inputs.url).host}: {error}") from error
    if not inputs.expects(answer.status_code):
        raise HandlerFailed(_unexpected(inputs, answer))
    elapsed = timedelta(seconds=time.monotonic() - started)
    return _output(answer, body) | {"elapsed_ms": elapsed // timedelta(milliseconds=1)}


def _patience(ctx: Context, timeout_sec: float | None) -> Callable[[], None]:
    """Return the check that ends the request: the run's own, and the shorter time that the job may state."""
    ends = time.monotonic() + timeout_sec if timeout_sec else None

    def check() -> None:
        ctx.check()
        if ends is not None and time.monotonic() >= ends:
            raise HandlerFailed(f"no whole answer within timeout_sec={timeout_sec:g}")

    return check


def _own_headers() -> dict[str, str]:
    return {"User-Agent": "multijob", "Accept": "*/*", "Accept-Encoding": "identity"}


def _follow(
    client: httpx.Client, inputs: RequestInputs, may_send: Callable[[str], None]
) -> tuple[httpx.Response, bytes]:
    """Send, and follow redirects that the job does not expect as its answer; `may_send` raises where secrets may not go."""
    outgoing = _first_request(client, inputs)
    for _ in range(MAX_REDIRECTS + 1):
        may_send(str(outgoing.url))
        answer = client.send(outgoing, stream=True, follow_redirects=False)
        try:
            if inputs.expects(answer.status_code) or answer.next_request is None:
                return answer, read_raw(answer)
        finally:
            answer.close()
        outgoing = without_secrets(answer.next_request, since=outgoing.url)
    raise HandlerFailed(f"{inputs.method} {outgoing.url.host}: more than {MAX_REDIRECTS} redirects")


def _first_request(client: httpx.Client, inputs: RequestInputs) -> httpx.Request:
    if inputs.body is None or isinstance(inputs.body, str):
        return client.build_request(inputs.method, inputs.url, headers=inputs.headers, content=inputs.body)
    return client.build_request(inputs.method, inputs.url, headers=inputs.headers, json=inputs.body)


def _output(answer: httpx.Response, raw: bytes) -> dict[str, object]:
    body = unpacked(raw, answer.headers)
    return {
        "status": answer.status_code,
        "url": str(answer.url.copy_with(query=None, fragment=None)),
        "headers": shown(answer.headers),
        "body": as_text(body[:KEPT_BYTES], answer.encoding or "utf-8"),
        "truncated": len(body) > KEPT_BYTES,
    }


def _unexpected(inputs: RequestInputs, answer: httpx.Response) -> str:
    expected = inputs.expect_status or "200-299"
    return f"{inputs.method} {answer.url.host}{answer.url.path} answered {answer.status_code}, expected {expected}"
