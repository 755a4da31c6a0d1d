"""Each operation as one line for a shell, made from its examples."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any


def curl(origin: str, method: str, path: str, operation: dict[str, Any]) -> str:
    """Return the command that sends the example of `operation` to the server at `origin`."""
    values = {
        row["name"]: row.get("example", row["name"].upper()) for row in operation["parameters"] if row["in"] == "path"
    }
    address = origin + re.sub(r"\{(\w+)\}", lambda found: values[found[1]], path)
    words = ["curl", *(["-X", method.upper()] if method != "get" else []), address]
    if operation["x-role"] != "public":
        words += ["-H", "Authorization: Bearer $TOKEN"]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    if body is not None:
        words += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """Return one word for a shell; a variable in it is meant."""
    return f'"{word}"' if "$TOKEN" in word else shlex.quote(word)
