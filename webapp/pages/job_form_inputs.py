"""The part of a job's form that holds its inputs: the handler's own, and the control fields among them.

What equals its default is left out. A value that its field cannot hold stands in the box for further inputs, so that a form
that is saved untouched changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from runners.engine.job.controls import ControlFields
from webapp.pages.input_fields import InputField
from webapp.pages.typed_values import from_json, lines, number, shown, shown_lines

Form = Mapping[str, str]

CONTROL_DEFAULTS = ControlFields().model_dump(mode="json")
CONTROL_TEXTS = ("pressure_priority", "flow_group")
CONTROL_NUMBERS = (
    "flow_max_active_runs",
    "dispatch_jitter_sec",
    "failure_threshold",
    "failure_cooldown_sec",
    "failure_cooldown_max_sec",
)
CONTROL_CHECKS = ("allow_overlap", "failure_memory_enabled")
CONTROLS = frozenset({*CONTROL_TEXTS, *CONTROL_NUMBERS, *CONTROL_CHECKS})
FURTHER = "inputs.further"
"""The box for inputs that no field stands for, as JSON."""
STATED = "inputs.stated"
"""Names, as a JSON list, that the spec states: they stay also at their default."""
STOOD = "fields"
"""Says for which type the fields of inputs stood in the form: an unticked box of another type means nothing."""


def to_inputs(form: Form, fields: Iterable[InputField]) -> Any:
    """Return the inputs that the form states; what was typed into the box for further ones when that is no JSON object."""
    own = handler_inputs(form, fields)
    if not isinstance(own, dict):
        return own
    controls: dict[str, Any] = {name: f"inputs.{name}" in form for name in CONTROL_CHECKS}
    for name in (*CONTROL_TEXTS, *CONTROL_NUMBERS):
        if said := form.get(f"inputs.{name}", "").strip():
            controls[name] = said if name in CONTROL_TEXTS else number(said)
    stated = _stated(form)
    return {name: value for name, value in controls.items() if name in stated or value != CONTROL_DEFAULTS[name]} | own


def handler_inputs(form: Form, fields: Iterable[InputField], *, defaults: bool = False) -> Any:
    """Return the handler's own inputs that the form states; those at their default only with `defaults`, empty ones never."""
    further = form.get(FURTHER, "").strip()
    base = from_json(further) if further else {}
    if not isinstance(base, dict):
        return base
    fields = list(fields)
    typed = {field.name: (_typed(field, form), field.default) for field in fields}
    stated = [field.name for field in fields] if defaults else _stated(form)
    own = {
        name: value
        for name, (value, default) in typed.items()
        if value is not None and (name in stated or value != default)
    }
    return base | own


def shown_inputs(inputs: Mapping[str, Any], fields: Iterable[InputField]) -> dict[str, str]:
    """Return what the form shows for the inputs of a spec."""
    named = {field.name: field for field in fields}
    form: dict[str, str] = {}
    further = {}
    for name, value in CONTROL_DEFAULTS.items():
        form |= _shown_control(name, inputs.get(name, value))
    for field in named.values():
        if field.default is not None:
            form |= _shown(field, field.default)
    for name, value in inputs.items():
        if name in CONTROLS and value is not None:
            continue
        if name in named and value is not None and _typed(named[name], _shown(named[name], value)) == value:
            form.pop(f"inputs.{name}", None)
            form |= _shown(named[name], value)
        else:
            further[name] = value
    stated = [name for name in inputs if name not in further]
    return form | {FURTHER: shown(further) if further else "", STATED: json.dumps(stated)}


def with_unseen_boxes(form: Form, type: str, fields: Iterable[InputField]) -> Form:
    """Return the form with the boxes ticked that nobody saw: those of a type that was chosen after the fields were shown."""
    if form.get(STOOD, type) == type:
        return form
    ticked = {field.key: "on" for field in fields if field.widget == "check" and field.default is True}
    return {**form, **ticked}


def _stated(form: Form) -> list[Any]:
    names = from_json(form.get(STATED, ""))
    return names if isinstance(names, list) else []


def _typed(field: InputField, form: Form) -> Any:
    """Return the field's value, or None when it was left empty."""
    said = form.get(field.key, "")
    if field.widget == "check":
        return field.key in form
    if not said.strip():
        return None
    match field.widget:
        case "number":
            return number(said)
        case "lines":
            return lines(said)
        case "json":
            return from_json(said)
        case "choice":
            return next((choice for choice in field.choices if shown(choice) == said), said)
        case _:
            return said


def _shown(field: InputField, value: Any) -> dict[str, str]:
    if field.widget == "check":
        return {field.key: "on"} if value is True else {}
    if isinstance(value, str) and "\r" in value:  # a browser sends every line end as CR LF, which is read as LF
        return {}
    return {field.key: shown_lines(value) if field.widget == "lines" else shown(value)}


def _shown_control(name: str, value: Any) -> dict[str, str]:
    if name in CONTROL_CHECKS:
        return {f"inputs.{name}": "on"} if value is True else {}
    return {f"inputs.{name}": shown(value)}
