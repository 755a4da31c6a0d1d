"""What somebody typed of a job, in the fields of the form or as YAML or JSON, and from one way of writing it to the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from runners.engine.errors import Invalid, Malformed, Problem
from runners.engine.fields import show
from runners.engine.job import JobSpec
from runners.engine.job.approvers import ApproversSpec
from runners.engine.job.spec import RetryPolicy
from runners.engine.schedule import ScheduleSpec, one_way_only
from runners.engine.strict import json_text, yaml_text
from webapp.pages.input_fields import InputField
from webapp.pages.job_form import to_spec
from webapp.pages.job_form_inputs import with_unseen_boxes
from webapp.presentation import pretty

RAW = "raw"
"""The box that holds the whole spec."""
PARTS = {"schedule": ScheduleSpec, "retry_policy": RetryPolicy, "approvers": ApproversSpec}
LISTS = (("tags",), ("retry_policy", "backoff_sec"), ("approvers", "names"))


class Written(StrEnum):
    """How a spec is written: in fields, or as a text."""

    FORM = "form"
    YAML = "yaml"
    JSON = "json"


def written(form: Mapping[str, str]) -> Written:
    """Return how the form that was sent is written."""
    return Written(form["mode"]) if form.get("mode") in set(Written) else Written.FORM


def typed_spec(form: Mapping[str, str], fields: list[InputField]) -> dict[str, Any]:
    """Return the raw spec that was typed; raises Invalid when a text is none at all."""
    way = written(form)
    if way is Written.FORM:
        return to_spec(with_unseen_boxes(form, form.get("type", ""), fields), fields)
    try:
        value = (yaml_text if way is Written.YAML else json_text).parse(form.get(RAW, "").encode())
    except (Malformed, UnicodeError) as error:
        raise Invalid([Problem((RAW,), str(error).replace("the body", "the text"), "malformed")]) from None
    if not isinstance(value, dict):
        raise Invalid(
            [Problem((RAW,), f"the text {show(value)} is not an object with the fields of a job", "dict_type")]
        )
    return value


def as_text(spec: Mapping[str, Any], way: Written) -> str:
    """Return the spec as YAML or JSON."""
    return yaml_text.dump(dict(spec)) if way is Written.YAML else pretty(spec)


def without_a_field(spec: Mapping[str, Any]) -> list[Problem]:
    """Return what the fields of the form cannot hold: it would be lost on the way from a text to them."""
    return list(_lost(spec))


def _lost(spec: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _unknown(spec, JobSpec, ())
    for name, model in PARTS.items():
        part = spec.get(name)
        if isinstance(part, dict):
            yield from _unknown(part, model, (name,))
        elif part is not None and not (name == "approvers" and isinstance(part, str)):
            yield _problem((name,), part)
    if spec.get("schedule") is not None and isinstance(spec["schedule"], dict):
        yield from (problem.within("schedule") for problem in one_way_only(spec["schedule"]))
    if not isinstance(spec.get("inputs", {}), dict):
        yield _problem(("inputs",), spec["inputs"])
    for path in LISTS:
        value: Any = spec
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None and not isinstance(value, list):
            yield _problem(path, value)


def _unknown(part: Mapping[str, Any], model: Any, path: tuple[str, ...]) -> Iterator[Problem]:
    names = {field.alias or name for name, field in model.model_fields.items()}
    return (_problem((*path, name), part[name]) for name in part if name not in names)


def _problem(path: tuple[str, ...], value: object) -> Problem:
    return Problem(path, f"{'.'.join(path)} {show(value)} has no place in the form; correct it here first", "no_field")
