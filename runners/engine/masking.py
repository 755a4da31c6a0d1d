"""What may be written down of values that people send: secrets are masked, and what is long is cut. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from runners.engine.secret_names import STARS, is_secret_name

Shown = Any
"""JSON that holds no secret as far as names and forms tell."""
LONGEST = 2_000
"""Characters of one value's JSON that are kept; a longer one is named by its length and digest."""
SURELY_SHORT = LONGEST // 6 - 1
"""A text of fewer characters is short in JSON too, whatever they are."""
DEEPEST = 32

REFERENCE = re.compile(r"((?i:bearer|basic|token) )?\{\{secret:[^{}]*\}\}")
"""A secret by reference tells nothing, and is shown; in a header its scheme stands before it."""
spelled = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
"""JSON in one spelling only."""
FORMS = (
    (re.compile(r"(?<=://)[^/@\s:]*:[^/@\s]+(?=@)"), STARS),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}"), rf"\1 {STARS}"),
    (re.compile(r"(?i)([?&][^=&\s]*(?:token|key|secret|passw|sig)[^=&\s]*=)[^&#\s]+"), rf"\1{STARS}"),
    (re.compile(r"(?i)(--?[\w-]*(?:token|key|secret|passw)[\w-]*[= ])\S+"), rf"\1{STARS}"),
)
"""Secrets inside of a text: in addresses, in credentials, in query strings, in options."""
SIGNS = re.compile(r"[ \t\n=]|://")
"""Without one of these none of the forms can be in a text."""
OPTION = re.compile(r"--?[A-Za-z][\w-]*")


def shown(value: Any) -> Shown:
    """Return what may be written down of `value` (JSON): its fields, secrets masked, each long one cut."""
    if value is None:
        return None
    if isinstance(value, dict | Mapping):  # a dict is told sooner than a mapping
        return {str(name): _cut(_of_name(str(name), one, 0)) for name, one in value.items()}
    return _cut(masked(value))


def masked(value: Any, depth: int = 0) -> Shown:
    """Return `value` with every secret in it masked, as far as names and forms tell."""
    if depth > DEEPEST:
        return STARS
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, dict | Mapping):
        return {str(name): _of_name(str(name), one, depth) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_of_list(value, place, depth) for place in range(len(value))]
    return value


@lru_cache(maxsize=2_000)
def _is_secret(name: str) -> bool:
    return is_secret_name(name)


def _of_name(name: str, value: Any, depth: int) -> Shown:
    if not _is_secret(name) or value is None or isinstance(value, bool):
        return masked(value, depth + 1)
    if isinstance(value, str) and REFERENCE.fullmatch(value):
        return value
    if isinstance(value, int) and name.lower().endswith("tokens"):  # how many of a model's, as limits have them
        return value
    return STARS


def _of_list(values: list[Any] | tuple[Any, ...], place: int, depth: int) -> Shown:
    """Return one value of a list; in a command a secret stands behind the option that names it."""
    before = values[place - 1] if place else None
    if isinstance(before, str) and OPTION.fullmatch(before) and is_secret_name(before):
        return STARS
    return masked(values[place], depth + 1)


def _text(text: str) -> str:
    if not SIGNS.search(text):
        return text
    for form, mask in FORMS:
        text = form.sub(mask, text)
    return text


def _cut(value: Shown) -> Shown:
    if value is None or isinstance(value, int | float) or (isinstance(value, str) and len(value) < SURELY_SHORT):
        return value
    text = spelled(value)
    if len(text) <= LONGEST:
        return value
    return {"characters": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
