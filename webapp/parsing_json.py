"""The body of a request: strict JSON, and strict YAML where a route takes it."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from runners.engine.errors import Invalid, Problem, TooLarge
from runners.engine.strict import json_text, yaml_text

YAML_TYPES = ("application/yaml", "application/x-yaml", "text/yaml")
"""The registered name (RFC 9512), and those from before it was."""
MAX_YAML_BYTES = 1024 * 1024
MAX_MEMBERS = 1000
"""Members of the outermost object; deeper ones are limited by the body's size alone."""


def json_object(*, optional: bool = False) -> dict[str, Any]:
    """Return the request's body, an object. An absent body is {} if `optional`.

    Raises UnsupportedMediaType (415), Malformed (400) or Invalid (422).
    """
    value = json_body(optional=optional)
    if not isinstance(value, dict):
        raise Invalid([Problem(("body",), f"the body is {_kind(value)}; send an object", "object_expected")])
    if len(value) > MAX_MEMBERS:
        fault = f"the body has {len(value)} members; at most {MAX_MEMBERS} are read"
        raise Invalid([Problem(("body",), fault, "too_long")])
    return value


def json_body(*, optional: bool = False) -> Any:
    """Return the request's body as a JSON value. An absent body is {} if `optional`."""
    body = request.get_data()
    if not body and optional:
        return {}
    _refuse_coded()
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise UnsupportedMediaType(f"the body is {request.content_type or 'of no stated type'}; send application/json")
    return json_text.parse(body)


def json_or_yaml_body() -> Any:
    """Return the request's body as a JSON value, written in JSON or, up to 1 MiB, in YAML."""
    if request.mimetype not in YAML_TYPES:
        return json_body()
    _refuse_coded()
    body = request.get_data()
    if len(body) > MAX_YAML_BYTES:
        raise TooLarge(f"the YAML is larger than {MAX_YAML_BYTES} bytes; send JSON, which may be larger")
    return yaml_text.parse(body)


def _refuse_coded() -> None:
    coding = request.headers.get("Content-Encoding", "identity")
    if coding.strip().lower() != "identity":
        raise UnsupportedMediaType(f"the body is encoded as {coding[:40]}; send it as it is, without Content-Encoding")


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
