"""From pydantic's errors to the platform's problems: thing, fault and fix in one sentence each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from runners.engine.errors import MOST_PROBLEMS, Problem
from runners.engine.fields import nearest, printable_step, show

SENTENCES = {
    "bool_type": "{name} {value} is not true or false",
    "dict_type": "{name} {value} is not an object",
    "enum": "{name} {value} is not one of {expected}",
    "finite_number": "{name} {value} is not a finite number",
    "float_type": "{name} {value} is not a number",
    "greater_than": "{name} {value} is not more than {gt}",
    "greater_than_equal": "{name} {value} is less than {ge}",
    "int_from_float": "{name} {value} is not a whole number",
    "int_type": "{name} {value} is not a whole number",
    "less_than": "{name} {value} is not less than {lt}",
    "less_than_equal": "{name} {value} is more than {le}",
    "list_type": "{name} {value} is not a list",
    "literal_error": "{name} {value} is not one of {expected}",
    "missing": "{name} is required",
    "model_type": "{name} {value} is not an object",
    "string_pattern_mismatch": "{name} {value} does not match {pattern}",
    "string_too_long": "{name} {value} has more than {max_length} characters",
    "string_too_short": "{name} {value} has fewer than {min_length} characters",
    "string_type": "{name} {value} is not text",
    "too_long": "{name} has more than {max_length} entries",
    "too_short": "{name} has fewer than {min_length} entries",
    "tuple_type": "{name} {value} is not a list",
    "value_error": "{name} {value}: {error}",
}
"""Our words for pydantic's error types; `{name}` is the dotted path. A type of our own brings its whole sentence."""

UNION_MEMBER = re.compile(r"constrained-[a-z]+|list\[constrained-[a-z]+\]")
PYDANTIC_WORDS = "{name} {value}: {msg}"


def problems_of(error: ValidationError, model: type[BaseModel], *also_known: str) -> list[Problem]:
    """Return one problem for each of pydantic's errors about `model`, the first 100 of very many.

    `also_known` are names that are allowed beside the model's own fields, to be suggested for a misspelt one.
    """
    return [_problem(details, model, also_known) for details in error.errors(include_url=False)[:MOST_PROBLEMS]]


def path_problems(raw: Mapping[str, Any], path: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each name of the `path` that a body says again, and says otherwise."""
    return [
        Problem(
            (name,), f"{name} {show(raw[name])} is not the one of the path, '{value}'; leave it out", "not_the_path"
        )
        for name, value in path.items()
        if name in raw and raw[name] != value
    ]


def _problem(details: ErrorDetails, model: type[BaseModel], also_known: tuple[str, ...]) -> Problem:
    loc, kind = tuple(printable_step(step) for step in details["loc"]), details["type"]
    if kind == "extra_forbidden":
        known = [*field_names(model, loc[:-1]), *also_known]
        return Problem(loc, f"unknown field {show(details['loc'][-1])}{nearest(str(loc[-1]), known)}", "unknown_field")
    loc = tuple(step for step in loc if not _names_a_type(step))
    context = details.get("ctx", {})
    if "text" in context:
        return Problem(loc, context["text"], kind)
    sentence = SENTENCES.get(kind, PYDANTIC_WORDS)
    words: dict[str, Any] = {"name": dotted(loc), "value": show(details["input"]), "msg": details["msg"]} | context
    return Problem(loc, sentence.format(**words), kind)


def _names_a_type(step: str | int) -> bool:
    """Say whether pydantic put the member of a union in the path, which nobody sent."""
    return isinstance(step, str) and UNION_MEMBER.fullmatch(step) is not None


def dotted(loc: tuple[str | int, ...]) -> str:
    """Return the path as people write it, such as `tags.3`; the whole of what was sent has the name 'body'."""
    return ".".join(str(step) for step in loc) or "body"


def field_names(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """Return the names that are known at `path` inside `model`; list indexes in the path are passed over."""
    for step in path:
        field = next((field for name, field in model.model_fields.items() if step in (name, field.alias)), None)
        inner = None if field is None else next(_models_in(field.annotation), None)
        model = inner or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
