"""Strict query strings: each parameter at most once, known by name, in one spelling only."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import parse_qsl

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError

from runners.engine.errors import Invalid, Malformed, Problem
from runners.engine.fields import nearest, show

MAX_PARAMETERS = 50


class Query(BaseModel):
    """What a route takes in its query string; this one takes nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=Query)


def query_of(model: type[Model]) -> Model:
    """Return the request's query string as `model`. Raises Malformed, or Invalid with all problems at once."""
    pairs = _pairs(request.query_string)
    problems = _repeated([name for name, _ in pairs])
    try:
        parsed = model.model_validate(dict(pairs))
    except ValidationError as error:
        raise Invalid(problems + [_problem(row, model) for row in error.errors(include_url=False)]) from None
    if problems:
        raise Invalid(problems)
    return parsed


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        text = query.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeDecodeError:
        raise Malformed("the query string is not UTF-8 in percent-encoding") from None
    except ValueError:
        raise Malformed(f"the query string has more than {MAX_PARAMETERS} parameters") from None


def _repeated(names: list[str]) -> list[Problem]:
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    return [Problem(("query", name), f"parameter {show(name)} stands more than once", "repeated") for name in twice]


def _problem(row: Any, model: type[Query]) -> Problem:
    name = str(row["loc"][0])
    if row["type"] == "extra_forbidden":
        suggestion = nearest(name, model.model_fields)
        return Problem(("query", name), f"unknown parameter {show(name)}{suggestion}", "unknown_parameter")
    return Problem(("query", name), f"{name}: {row['msg']}", row["type"])
