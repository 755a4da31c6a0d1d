"""From what somebody typed in one field to a value, and from a value to what a field shows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from runners.engine.errors import Malformed
from runners.engine.strict import json_text


def number(text: str) -> int | float | str:
    """Return the number that `text` is in plain digits, or `text` itself."""
    text = text.strip()
    if re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]{1,18}\.[0-9]{1,18}", text) else text


def from_json(text: str) -> Any:
    """Return the JSON value of `text`, or `text` itself when it is none."""
    try:
        return json_text.parse(text.encode())
    except (Malformed, UnicodeError):
        return text


def listed(text: str, separator: str) -> list[Any]:
    """Return the texts between separators without spaces around them; a JSON list stands for itself."""
    whole = from_json(text) if text.lstrip().startswith("[") else None
    return whole if isinstance(whole, list) else [part.strip() for part in text.split(separator) if part.strip()]


def lines(text: str) -> list[Any]:
    """Return the lines that are not empty, as they are; a JSON list stands for itself."""
    whole = from_json(text) if text.lstrip().startswith("[") else None
    return whole if isinstance(whole, list) else [line for line in text.split("\n") if line]


def shown(value: Any) -> str:
    """Return text as it is, everything else as JSON, and nothing for null."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def shown_listed(values: Sequence[Any], separator: str) -> str:
    """Return texts in one line, or as JSON where `listed` would read something else."""
    text = f"{separator} ".join(map(str, values))
    return (
        text
        if listed(text, separator) == [str(value) for value in values]
        else json.dumps(list(values), ensure_ascii=False)
    )


def shown_lines(values: Any) -> str:
    """Return texts line by line, or as JSON where `lines` would read something else."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return shown(values)
    text = "\n".join(values)
    return text if lines(text) == values else json.dumps(values, ensure_ascii=False)
