"""The only door for a job spec: everything that is wrong with it, found at once."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from runners.engine.errors import MOST_PROBLEMS, Invalid, Problem
from runners.engine.fields import show
from runners.engine.job.inputs import control_problems, handler_problems
from runners.engine.job.json_values import json_problems, size_problems
from runners.engine.job.spec import JobSpec
from runners.engine.problems import problems_of
from runners.engine.schedule import Schedule, one_way_only, parse

if TYPE_CHECKING:
    from runners.engine.catalog import Catalog


def validate(raw: Mapping[str, Any], catalog: Catalog) -> JobSpec:
    """Return the spec that `raw` (a JSON object) states; raises Invalid with all its problems.

    Checked are the fields, the schedule, the type against `catalog`, the control fields and what they mean together
    with the schedule, and the handler's own inputs.
    """
    problems: list[Problem] = []
    spec: JobSpec | None = None
    try:
        spec = JobSpec.model_validate(raw)
    except ValidationError as error:
        problems += problems_of(error, JobSpec)
    if isinstance(raw, Mapping):
        problems += _beyond_fields(raw, catalog)
    if spec is None or problems:
        raise Invalid(problems)
    return spec


def validate_inputs(spec: JobSpec, inputs: Mapping[str, Any], catalog: Catalog) -> None:
    """Check the `inputs` of one run of `spec`: its job's merged with those of a request; raises Invalid."""
    problems = _inputs_problems({"type": spec.type, "inputs": dict(inputs)}, spec.schedule, catalog)
    if problems:
        raise Invalid(problem.within("inputs") for problem in problems)


def _beyond_fields(raw: Mapping[str, Any], catalog: Catalog) -> list[Problem]:
    """Return what the model of the fields cannot know: it needs the catalog, or several fields together."""
    ways = [problem.within("schedule") for problem in one_way_only(raw.get("schedule"))]
    inputs = _inputs_problems(raw, _schedule(raw), catalog)
    return [*_type_problems(raw.get("type"), catalog), *ways, *(problem.within("inputs") for problem in inputs)]


def _type_problems(type: object, catalog: Catalog) -> list[Problem]:
    if not isinstance(type, str) or not type or type in catalog.handlers:
        return []
    fix = catalog.suggest(type) or f"; known types are {', '.join(catalog.types())}"
    return [Problem(("type",), f"type {show(type)} is not known{fix}", "unknown_type")]


def _schedule(raw: Mapping[str, Any]) -> Schedule | None:
    """Return the schedule for rules that depend on it; None when it has problems of its own."""
    try:
        return None if raw.get("schedule") is None else parse(raw["schedule"])
    except Invalid:
        return None


def _inputs_problems(raw: Mapping[str, Any], schedule: Schedule | None, catalog: Catalog) -> list[Problem]:
    inputs, type = raw.get("inputs", {}), raw.get("type")
    if not isinstance(inputs, dict):
        return []
    problems = list(islice(json_problems(inputs), MOST_PROBLEMS)) or list(size_problems(inputs))
    if not problems and isinstance(type, str) and type in catalog.handlers:
        problems += handler_problems(inputs, catalog.get(type))
    return problems + control_problems(inputs, schedule)
