"""Fields of a form from a JSON schema: what one line, box or choice can hold; everything else is written as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
WIDGETS = {"string": "text", "integer": "number", "number": "number", "boolean": "check"}


@dataclass(frozen=True, slots=True)
class InputField:
    """One input of a handler. `widget` is text, number, check, choice, lines (a list of texts) or json.

    `range` holds the `min` and `max` that the schema states; `default` is None when there is none.
    """

    name: str
    widget: str
    title: str
    hint: str
    required: bool
    default: Any
    choices: tuple[str, ...] = ()
    range: tuple[tuple[str, float], ...] = ()

    @property
    def key(self) -> str:
        """The field's name in the form, which is also the place that a problem names."""
        return f"inputs.{self.name}"

    @property
    def options(self) -> list[tuple[str, str]]:
        """The choices as (value, word); an empty one first where nothing need be chosen."""
        blank = [] if self.required or self.default is not None else [("", "not stated")]
        return blank + [(choice, choice) for choice in self.choices]

    @property
    def shown_default(self) -> str:
        """What an untouched field holds: the default as text, or nothing."""
        if self.default is None:
            return ""
        if self.widget == "lines":
            return "\n".join(self.default)
        return self.default if isinstance(self.default, str) else json.dumps(self.default, ensure_ascii=False)

    @property
    def hint_in_words(self) -> str:
        """What the handler says of it, whether it is required, and its range."""
        said = [self.hint] if self.hint else []
        said += ["required"] if self.required else []
        said += [{"min": "at least {:g}", "max": "at most {:g}"}[limit].format(bound) for limit, bound in self.range]
        return ", ".join(said)


def input_fields(schema: Schema) -> list[InputField]:
    """Return a field for each property of an object schema, in its order."""
    required = schema.get("required", ())
    return [_field(name, part, schema, name in required) for name, part in schema.get("properties", {}).items()]


def _field(name: str, stated: Schema, whole: Schema, required: bool) -> InputField:
    part = _plain(stated, whole)
    return InputField(
        name=name,
        widget=_widget(part, whole),
        title=name.replace("_", " "),
        hint=stated.get("description", ""),
        required=required,
        default=stated.get("default"),
        choices=tuple(str(choice) for choice in part.get("enum", ())),
        range=tuple((limit, part[key]) for limit, key in (("min", "minimum"), ("max", "maximum")) if key in part),
    )


def _widget(part: Schema, whole: Schema) -> str:
    if "enum" in part:
        return "choice"
    if part.get("type") == "array" and _plain(part.get("items", {}), whole).get("type") == "string":
        return "lines"
    return WIDGETS.get(str(part.get("type")), "json")


def _plain(part: Schema, whole: Schema) -> Schema:
    """Return the schema behind a reference, and behind 'this or null'."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return _plain(whole.get("$defs", {}).get(name, {}), whole)
    some = [choice for choice in part.get("anyOf", ()) if choice.get("type") != "null"]
    if len(some) == 1:
        return _plain(some[0], whole)
    return part
