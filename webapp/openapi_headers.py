"""The headers that routes take and give, as the OpenAPI document shows them."""

from __future__ import annotations

from typing import Any

from runners.engine.words import Language
from webapp.api.endpoint import TAG, Endpoint
from webapp.idempotency import KEY
from webapp.language import ASKED_BY

TEXT = {"type": "string"}


def request_headers(endpoint: Endpoint) -> list[dict[str, Any]]:
    """Return the parameters of `endpoint` that ride in headers."""
    headers = []
    if endpoint.takes_key:
        headers.append(_parameter("Idempotency-Key", f"^{KEY}$", "the same key and body: the first answer again"))
    if endpoint.versioned and endpoint.method == "GET":
        headers.append(_parameter("If-None-Match", rf"^(\*|{TAG})$", "304 if nothing differs from this one"))
    elif endpoint.versioned:
        headers.append(_parameter("If-Match", rf"^(\*|{TAG})$", "only if the state is still this one"))
    if endpoint.creates:
        headers.append(_parameter("If-None-Match", r"^\*$", "only if there is none yet"))
    if endpoint.worded:
        headers.append(_parameter(ASKED_BY, None, f"the language of reasons: {', '.join(Language)}"))
    if endpoint.streamed:
        headers.append(_parameter("Last-Event-ID", "^[0-9]{1,18}$", "a stream goes on behind this message"))
    if endpoint.ranged:
        headers.append(_parameter("Range", None, "one stretch of the text, such as bytes=1000-"))
    return headers


def response_headers(endpoint: Endpoint | None, status: int) -> dict[str, Any]:
    """Return the headers of an answer of `endpoint`, or of a refusal when it is None."""
    headers: dict[str, Any] = {"X-Request-ID": {"required": True, "schema": TEXT}}
    if endpoint is None:
        named = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}.get(status)
        return headers | ({named: {"required": True, "schema": TEXT}} if named else {})
    for name, meaning in endpoint.headers.items():
        headers[name] = {"required": False, "schema": TEXT, "description": meaning}
    if endpoint.paged:
        headers["X-Total-Count"] = {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}
        headers["Link"] = {"required": False, "schema": TEXT}
    if endpoint.versioned and endpoint.method != "DELETE":
        headers["ETag"] = {"required": True, "schema": {"type": "string", "pattern": f"^{TAG}$"}}
    if endpoint.worded and status != 304:  # which carries nothing about a body (RFC 9110 §15.4.5)
        headers["Content-Language"] = {"required": True, "schema": {"enum": [str(known) for known in Language]}}
    if endpoint.ranged and status in (200, 206):
        headers["Accept-Ranges"] = {"required": status == 206, "schema": TEXT}
    if status == 206:
        headers["Content-Range"] = {"required": True, "schema": TEXT}
    if status == 201:
        headers["Location"] = {"required": True, "schema": TEXT}
    return headers


def _parameter(name: str, pattern: str | None, meaning: str) -> dict[str, Any]:
    """Return one parameter; a header that may hold anything has no pattern."""
    schema = TEXT if pattern is None else {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "required": False, "schema": schema, "description": meaning}
