"""What types of jobs take in their inputs, for the page of the API: their JSON schemas as lines for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InputLine:
    """One input: `default` is JSON, '' when it must be given; `rule` says what it may be, '' when anything of its kind."""

    name: str
    default: str
    meaning: str
    rule: str


def input_lines(schema: Schema) -> list[InputLine]:
    """Return the inputs of one type, those first that must be given."""
    needed = schema.get("required", [])
    lines = [_line(name, field, name in needed) for name, field in schema.get("properties", {}).items()]
    return sorted(lines, key=lambda line: line.default != "")


def _line(name: str, field: Schema, needed: bool) -> InputLine:
    default = "" if needed else json.dumps(field.get("default"))
    return InputLine(name, default, field.get("description", ""), " or ".join(_rules(field)))


def _rules(field: Schema) -> Iterator[str]:
    """Yield the rule of each kind that the value may be of."""
    for one in field.get("anyOf", [field]):
        if "enum" in one:
            yield ", ".join(one["enum"])
        elif "minimum" in one:
            yield f"{one['minimum']} to {one['maximum']}"
        elif "maxLength" in one:
            yield f"{one.get('minLength', 0)} to {one['maxLength']} characters"
        elif "maxItems" in one:
            yield f"a list of {one.get('minItems', 0)} to {one['maxItems']}"
