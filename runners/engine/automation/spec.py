"""From the form of an agent workflow to a job's spec, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from runners.engine.automation.form import AGENT_NAMES, OF_SPEC, WAYS
from runners.engine.errors import Problem
from runners.engine.job import JobSpec
from runners.engine.job.controls import CONTROL_NAMES, ControlFields
from runners.engine.job.difference import same

TYPE: Final = "agent.workflow"
DEFAULTS: Final = ControlFields().model_dump(mode="json") | {"allow_tools": [], "require_approval_for_missing": True}
"""Inputs that say nothing when they are so."""
HAS_A_PLACE: Final = frozenset({*CONTROL_NAMES, *AGENT_NAMES})
RETRIES: Final = ("max_retry", "backoff_sec")
NESTED: Final = ("inputs", "schedule", "retry_policy")


def to_spec(fields: Mapping[str, Any], stored: JobSpec | None = None) -> dict[str, Any]:
    """Return the raw spec that a filled form states, unchecked.

    What the form has no place for stays as the `stored` spec of the job has it: who approves, tags, misfire and the like.
    """
    kept = stored.to_json() if stored else {}
    own = {name: fields[name] for name in ("job_id", "timeout_ms", "enabled") if name in fields}
    return {
        **kept,
        **own,
        "type": TYPE,
        "schedule": _schedule(fields, kept.get("schedule")),
        "retry_policy": {name: fields[name] for name in RETRIES if name in fields},
        "inputs": _inputs(fields, kept.get("inputs", {})),
    }


def to_fields(spec: JobSpec) -> dict[str, Any]:
    """Return what the form holds of a job's spec; neither schedule for one that is not recurring."""
    told = spec.to_json()
    schedule = told["schedule"] or {}
    inputs = {name: value for name, value in told["inputs"].items() if name in HAS_A_PLACE}
    times = {name: schedule[name] for name in (*WAYS, "timezone") if schedule.get(name) is not None}
    own = {name: told[name] for name in OF_SPEC if name in told}
    return {**own, **times, **told["retry_policy"], **DEFAULTS, **inputs}


def all_problems(of_form: Iterable[Problem], of_spec: Iterable[Problem]) -> list[Problem]:
    """Return every problem once, at the field of the form that it is about; what the form says of a field comes first."""
    found = list(of_form)
    named = {problem.loc[:1] for problem in found}
    return found + [problem for problem in map(_in_form, of_spec) if problem.loc[:1] not in named]


def _in_form(problem: Problem) -> Problem:
    first, *within = problem.loc or ("job_id",)
    if first not in NESTED:
        return problem
    loc = tuple(within) or ("prompt" if first == "inputs" else WAYS[0] if first == "schedule" else "max_retry",)
    return Problem(loc, problem.msg, problem.type)


def _schedule(fields: Mapping[str, Any], stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return when it is due; what the form does not ask stays, unless the job was due in another way."""
    said = {name: fields[name] for name in (*WAYS, "timezone") if fields.get(name) is not None}
    same_way = stored is not None and any(way in said and stored.get(way) is not None for way in WAYS)
    asked_elsewhere = ("misfire", "misfire_grace_sec")
    return {name: stored[name] for name in asked_elsewhere if name in stored} | said if stored and same_way else said


def _inputs(fields: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs; what is at its default is left out, unless the job states it."""
    kept = {name: value for name, value in stored.items() if name not in HAS_A_PLACE}
    said = {name: fields[name] for name in (*CONTROL_NAMES, *AGENT_NAMES) if fields.get(name) is not None}
    return kept | {
        name: value
        for name, value in said.items()
        if name in stored or name not in DEFAULTS or not same(value, DEFAULTS[name])
    }
