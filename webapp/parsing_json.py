"""Strict JSON: what two parsers could read in two ways is refused, so that what is checked is what is stored."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from runners.engine.errors import Invalid, Malformed, Problem
from runners.engine.fields import show

MAX_DEPTH = 32
MAX_INTEGER = 2**53
"""The largest integer that every JSON reader, browsers included, keeps exactly (RFC 8259 §6)."""
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
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise UnsupportedMediaType(f"the body is {request.content_type or 'of no stated type'}; send application/json")
    return parse(body)


def parse(body: bytes) -> Any:
    """Return the JSON value that `body` holds. Raises Malformed naming what is wrong with it."""
    if not body.strip():
        raise Malformed("the body is empty; send a JSON value")
    try:
        value = json.loads(
            _text(body), object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_number
        )
    except RecursionError:
        raise Malformed(f"the JSON is nested deeper than {MAX_DEPTH} levels") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"the body is not JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    _refuse_depth(value)
    _refuse_surrogates(value)
    return value


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"the body is not UTF-8: byte {error.start} cannot be read") from None
    if text.startswith("\ufeff"):
        raise Malformed("the body begins with a byte order mark; leave it out")
    return text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = Counter(name for name, _ in pairs)
        twice = names.most_common(1)[0][0]
        raise Malformed(f"the name {show(twice)} stands twice in one object")
    return value


def _constant(name: str) -> Any:
    raise Malformed(f"{name} is not JSON; send a finite number or null")


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise Malformed(f"the integer {digits[:20]} is beyond 2^53 and would lose digits; send it as text")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Malformed(f"the number {digits[:20]} is too large to be kept")
    return value


def _refuse_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH + 1:
            raise Malformed(f"the JSON is nested deeper than {MAX_DEPTH} levels")
        level = [child for parent in level for child in _children(parent)]


def _children(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Malformed("the JSON holds half of a surrogate pair; send whole characters") from None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
