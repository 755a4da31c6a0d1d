"""Whether a value can be kept as JSON, exactly as it was sent."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from runners.engine.errors import Problem
from runners.engine.fields import printable_step, show

DEEPEST = 32
LARGEST_NUMBER = 2**63
LARGEST_INPUTS = 256 * 1024
MOST_VALUES = LARGEST_INPUTS // 2
"""No more values fit in 256 KiB of JSON; counting keeps a few YAML aliases from meaning a billion of them."""

Path = tuple[str | int, ...]


def json_problems(inputs: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for everything in `inputs` that JSON cannot hold or that would come back changed.

    Refused are other types than JSON's (YAML brings dates), keys that are not text, NaN and infinities, whole
    numbers beyond 64 bits, halves of characters (lone surrogates), and more than 32 levels.
    """
    for number, (path, value) in enumerate(_values(inputs, ())):
        if number > MOST_VALUES:
            yield Problem((), f"inputs hold more than {MOST_VALUES} values", "too_large")
            return
        fault = _fault(value, len(path))
        if fault:
            yield Problem(path, f"{_name(path)} {fault}", "not_json")


def size_problems(inputs: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problem of inputs that take more than 256 KiB as JSON; `inputs` must hold JSON values only."""
    size = len(json.dumps(inputs, ensure_ascii=False, separators=(",", ":")).encode())
    if size > LARGEST_INPUTS:
        yield Problem((), f"inputs take {size} bytes as JSON; at most {LARGEST_INPUTS} (256 KiB) are kept", "too_large")


def _values(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    """Yield every value with its path, outer ones first, to one level below the deepest that is allowed."""
    yield path, value
    if len(path) > DEEPEST:
        return
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inner:
        yield from _values(part, (*path, printable_step(step)))


def _fault(value: object, level: int) -> str | None:
    if isinstance(value, (dict, list)):
        return f"lies below {DEEPEST} levels" if level > DEEPEST else _key_fault(value)
    if isinstance(value, str):
        return f"{show(value)} holds half a character" if _is_broken(value) else None
    if isinstance(value, float):
        return None if math.isfinite(value) else f"{show(value)} is not a finite number"
    if isinstance(value, int):
        fits = -LARGEST_NUMBER <= value < LARGEST_NUMBER
        return None if fits else f"{show(value)} is beyond 64 bits; write it as text"
    return None if value is None else f"{show(value)} is not a JSON value; write it as text"


def _key_fault(value: dict[Any, Any] | list[Any]) -> str | None:
    keys = value if isinstance(value, dict) else ()
    bad = next((key for key in keys if not isinstance(key, str) or _is_broken(key)), None)
    return None if bad is None else f"has the key {show(bad)}, which is not text; put it in quotes"


def _is_broken(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def _name(path: Path) -> str:
    return ".".join(("inputs", *map(str, path)))
