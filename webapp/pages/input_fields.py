"""Fields of a form from a JSON schema: what one line, box or choice can hold; everything else is written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from webapp.numbers import number
from webapp.pages.typed_values import shown, shown_lines

Schema = Mapping[str, Any]
WIDGETS = {"string": "text", "integer": "number", "number": "number", "boolean": "check"}


@dataclass(frozen=True, slots=True)
class InputField:
    """One input of a handler. `widget` is text, number, check, choice, lines (a list of texts) or json.

    `range` holds the `min` and `max` that the schema states; `default` is None when there is none, `example` ''.
    """

    name: str
    widget: str
    title: str
    hint: str
    required: bool
    default: Any
    choices: tuple[Any, ...] = ()
    range: tuple[tuple[str, float], ...] = ()
    example: str = ""

    @property
    def key(self) -> str:
        """The field's name in the form, which is also the place that a problem names."""
        return f"inputs.{self.name}"

    @property
    def options(self) -> list[tuple[str, str]]:
        """The choices as (value, word); an empty one first where nothing need be chosen."""
        blank = [] if self.required or self.default is not None else [("", _("not stated"))]
        return blank + [(shown(choice), shown(choice)) for choice in self.choices]

    @property
    def shown_default(self) -> str:
        """What an untouched field holds: the default as text, or nothing."""
        return shown_lines(self.default) if self.widget == "lines" else shown(self.default)

    @property
    def help(self) -> list[str]:
        """What the handler says of it, whether it is required, its range, its default and an example, part by part."""
        said = [_(self.hint)] if self.hint else []  # those of the handlers that come along are in `input_words`
        said += [_("required")] if self.required else []
        said += [_range(dict(self.range))] if self.range else []
        if self.default is not None and self.widget not in ("check", "choice") and self.shown_default:
            said.append(_("%(value)s unless stated", value=" ".join(self.shown_default.split())[:60]))
        return said + ([_("such as %(example)s", example=self.example[:120])] if self.example else [])


def _range(stated: Mapping[str, float]) -> str:
    low, high = (_spaced(stated[limit]) if limit in stated else "" for limit in ("min", "max"))
    if low and high:
        return _("%(low)s to %(high)s", low=low, high=high)
    return _("at least %(bound)s", bound=low) if low else _("at most %(bound)s", bound=high)


def _spaced(bound: float) -> str:
    return number(int(bound)) if bound == int(bound) else f"{bound:.15g}"


def input_fields(schema: Schema) -> list[InputField]:
    """Return a field for each property of an object schema, in its order."""
    required = schema.get("required", ())
    return [_field(name, part, schema, name in required) for name, part in schema.get("properties", {}).items()]


def _field(name: str, stated: Schema, whole: Schema, required: bool) -> InputField:
    part = _plain(stated, whole)
    examples = stated.get("examples") or part.get("examples") or ()
    widget = _widget(part, whole)
    return InputField(
        name=name,
        widget=widget,
        title=name.replace("_", " "),
        hint=stated.get("description", ""),
        required=required,
        default=stated.get("default"),
        choices=_choices(part),
        range=tuple((limit, part[key]) for limit, key in (("min", "minimum"), ("max", "maximum")) if key in part),
        example=" ".join((shown_lines if widget == "lines" else shown)(examples[0]).split()) if examples else "",
    )


def _widget(part: Schema, whole: Schema) -> str:
    if _choices(part):
        return "choice"
    if part.get("type") == "array" and _plain(part.get("items", {}), whole).get("type") == "string":
        return "lines"
    return WIDGETS.get(str(part.get("type")), "json")


def _choices(part: Schema) -> tuple[Any, ...]:
    return (part["const"],) if "const" in part else tuple(part.get("enum", ()))


def _plain(part: Schema, whole: Schema) -> Schema:
    """Return the schema behind a reference, and behind 'this or null'."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return _plain(whole.get("$defs", {}).get(name, {}), whole)
    some = [choice for choice in part.get("anyOf", ()) if choice.get("type") != "null"]
    if len(some) == 1:
        return _plain(some[0], whole)
    return part
