"""A job's inputs, checked for both who read them: the guards (control fields) and the handler (the rest)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from pydantic import ValidationError

from runners.engine.clock import seconds
from runners.engine.errors import MOST_PROBLEMS, Problem
from runners.engine.fields import nearest, printable_step, show
from runners.engine.handler import Handler
from runners.engine.job.controls import CONTROL_NAMES, ControlFields, Controls, split
from runners.engine.problems import problems_of
from runners.engine.schedule import Schedule, shortest_gap
from runners.engine.secret_references import reference_problems

SECOND = timedelta(seconds=1)
LONGEST_JITTER = timedelta(days=1)


def control_problems(raw: Mapping[str, Any], schedule: Schedule | None) -> list[Problem]:
    """Return what is wrong with the control fields in `raw` inputs; `schedule` None passes over the jitter's limit."""
    try:
        controls = ControlFields.model_validate(split(raw)[0]).to_controls()
    except ValidationError as error:
        return problems_of(error, ControlFields)
    return [*_cooldown_problems(controls), *_jitter_problems(controls.jitter, schedule)]


def _cooldown_problems(controls: Controls) -> Iterator[Problem]:
    base, most = seconds(controls.cooldown_base), seconds(controls.cooldown_max)
    if most < base:
        text = f"failure_cooldown_max_sec {most} is less than failure_cooldown_sec {base}"
        yield Problem(("failure_cooldown_max_sec",), text, "out_of_range")


def _jitter_problems(jitter: timedelta, schedule: Schedule | None) -> Iterator[Problem]:
    most = longest_jitter(schedule)
    if jitter > most:
        text = f"dispatch_jitter_sec {seconds(jitter)} is more than {seconds(most)}, which keeps every slot before the next"
        yield Problem(("dispatch_jitter_sec",), text, "out_of_range")


def longest_jitter(schedule: Schedule | None) -> timedelta:
    """Return the longest jitter: one second less than the time to the next slot, so that slots keep their order.

    For cron the shortest time between two of its slots counts; for `at` and without a schedule it is a day.
    """
    if schedule is not None and schedule.interval is not None:
        return schedule.interval - SECOND
    if schedule is not None and schedule.cron is not None:
        return shortest_gap(schedule.cron) - SECOND
    return LONGEST_JITTER


def handler_problems(raw: Mapping[str, Any], handler: Handler) -> list[Problem]:
    """Return what the handler's model says about its part of `raw` (JSON values), unknown names always included."""
    own = split(raw)[1]
    if problems := list(islice(reference_problems(own, handler.in_sight), MOST_PROBLEMS)):
        return problems
    try:
        handler.parse_inputs(own)
    except ValidationError as error:
        return problems_of(error, handler.inputs, *CONTROL_NAMES)
    return list(islice(_unknown_names(own, handler), MOST_PROBLEMS))


def _unknown_names(own: Mapping[str, Any], handler: Handler) -> Iterator[Problem]:
    """A model that says nothing of extra fields passes over them; a misspelt guard must not be lost that way."""
    if handler.inputs.model_config.get("extra") == "allow":
        return
    fields = handler.inputs.model_fields
    known = [*(field.alias or name for name, field in fields.items()), *CONTROL_NAMES]
    for name in own:
        if name not in known and name not in fields:
            yield Problem((printable_step(name),), f"unknown field {show(name)}{nearest(name, known)}", "unknown_field")
