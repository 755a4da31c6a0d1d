"""The ranges and defaults of a job's fields, as the models that check them state them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from runners.engine.job import JobSpec
from runners.engine.job.approvers import ApproversSpec
from runners.engine.job.controls import ControlFields
from runners.engine.job.spec import RetryPolicy
from runners.engine.schedule import ScheduleSpec

MODELS: Mapping[str, type[BaseModel]] = {
    "": JobSpec,
    "schedule.": ScheduleSpec,
    "retry_policy.": RetryPolicy,
    "approvers.": ApproversSpec,
    "inputs.": ControlFields,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The lowest and the highest value of a number, and the one that it has unless stated; None for none."""

    low: int
    high: int
    default: int | None


def _limits(part: Mapping[str, Any]) -> Limits | None:
    default = part.get("default")
    for choice in (part, *part.get("anyOf", ())):
        if "minimum" in choice and "maximum" in choice:
            return Limits(choice["minimum"], choice["maximum"], default)
    return None


def limits_of(model: type[BaseModel], prefix: str = "") -> dict[str, Limits]:
    """Return the limits of each field of `model` that holds a number, by its name behind `prefix`."""
    parts = model.model_json_schema()["properties"].items()
    return {f"{prefix}{name}": limits for name, part in parts if (limits := _limits(part)) is not None}


LIMITS: Mapping[str, Limits] = {
    name: limits for prefix, model in MODELS.items() for name, limits in limits_of(model, prefix).items()
}
"""By the name of the field in the form, which is its place in the spec."""
