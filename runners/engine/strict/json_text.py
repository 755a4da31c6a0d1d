"""Strict JSON: no name twice, no NaN, no number that loses digits, 32 levels, whole characters; so what is checked is what is kept."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

from runners.engine.errors import Malformed
from runners.engine.fields import show

MAX_DEPTH = 32
MAX_INTEGER = 2**53
"""The largest integer that every JSON reader, browsers included, keeps exactly (RFC 8259 §6)."""


def parse(body: bytes) -> Any:
    """Return the JSON value that `body` holds. Raises Malformed naming what is wrong with it."""
    if not body.strip():
        raise Malformed("the body is empty; send a JSON value")
    try:
        value = json.loads(
            _text(body),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=read_integer,
            parse_float=read_number,
        )
    except RecursionError:
        raise Malformed(f"the JSON is nested deeper than {MAX_DEPTH} levels") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"the body is not JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    refuse_depth(value)
    refuse_surrogates(value)
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


def read_integer(digits: str) -> int:
    """Return the whole number. Raises Malformed beyond 2^53."""
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise Malformed(f"the integer {digits[:20]} is beyond 2^53 and would lose digits; send it as text")
    return int(digits)


def read_number(digits: str) -> float:
    """Return the number. Raises Malformed when it is too large for any."""
    value = float(digits)
    if not math.isfinite(value):
        raise Malformed(f"the number {digits[:20]} is too large to be kept")
    return value


def refuse_depth(value: Any) -> None:
    """Raise Malformed when `value` is nested deeper than 32 levels."""
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


def refuse_surrogates(value: Any) -> None:
    """Raise Malformed when a text in `value` holds half a character."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Malformed("the JSON holds half of a surrogate pair; send whole characters") from None
