"""The form of a job: from what somebody typed to a raw spec, and from a spec to what the form shows.

What equals its default is left out: a form that is saved untouched changes nothing.
A field is named as the place in the spec that it fills ('retry_policy.max_retry'), so that a problem finds its field.
What cannot be read as a number or as JSON goes on as it was typed: the check of the spec names it, like all else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from runners.engine.errors import Malformed
from runners.engine.job.controls import ControlFields
from runners.engine.strict import json_text
from webapp.pages.approval_fields import shown_approval, to_approval
from webapp.pages.input_fields import InputField

Form = Mapping[str, str]

TEXTS = ("job_id", "type", "description", "on_worker_lost")
NUMBERS = ("timeout_ms", "expires_sec")
SCHEDULE_KINDS = {"interval": "interval_sec", "cron": "cron", "at": "at"}
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
NO_LIMIT = "none"
"""Typed where a number goes and null means that there is no limit."""
FURTHER = "inputs.further"
"""The box for inputs that no field stands for, as JSON."""


def to_spec(form: Form, fields: Iterable[InputField]) -> dict[str, Any]:
    """Return the raw spec that the form states; empty fields are left out, so that defaults apply."""
    spec: dict[str, Any] = {name: form[name].strip() for name in TEXTS if form.get(name, "").strip()}
    spec |= {name: number(form[name]) for name in NUMBERS if form.get(name, "").strip()}
    spec["tags"] = _parts(form.get("tags", ""), ",")
    spec["enabled"] = "enabled" in form
    spec["schedule"] = _schedule(form)
    spec["retry_policy"] = _retry_policy(form)
    spec["inputs"] = _inputs(form, fields)
    return spec | to_approval(form, number)


def to_form(spec: Mapping[str, Any], fields: Iterable[InputField]) -> dict[str, str]:
    """Return what the form shows for a spec (as `JobSpec.to_json` writes it)."""
    shown = {name: _text(spec.get(name)) for name in (*TEXTS, *NUMBERS)}
    shown["tags"] = ", ".join(spec.get("tags", ()))
    shown |= {"enabled": "on"} if spec.get("enabled", True) else {}
    shown |= _shown_schedule(spec.get("schedule")) | shown_approval(spec)
    retry = spec.get("retry_policy", {})
    shown["retry_policy.max_retry"] = _text(retry.get("max_retry"))
    shown["retry_policy.backoff_sec"] = ", ".join(str(wait) for wait in retry.get("backoff_sec", ()))
    return shown | _shown_inputs(spec.get("inputs", {}), list(fields))


def number(text: str) -> int | float | str:
    """Return the number that `text` is in plain digits, or `text` itself."""
    text = text.strip()
    if re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]{1,18}\.[0-9]{1,18}", text) else text


def _schedule(form: Form) -> dict[str, Any] | None:
    way = SCHEDULE_KINDS.get(form.get("schedule.kind", "none"))
    if way is None:
        return None
    said = form.get(f"schedule.{way}", "").strip()
    schedule: dict[str, Any] = {way: number(said) if way == "interval_sec" else said}
    schedule |= {name: form[key] for name in ("timezone", "misfire") if form.get(key := f"schedule.{name}", "").strip()}
    grace = form.get("schedule.misfire_grace_sec", "").strip()
    return schedule | ({"misfire_grace_sec": None if grace == NO_LIMIT else number(grace)} if grace else {})


def _retry_policy(form: Form) -> dict[str, Any]:
    tries, waits = form.get("retry_policy.max_retry", "").strip(), form.get("retry_policy.backoff_sec", "").strip()
    policy: dict[str, Any] = {"max_retry": number(tries)} if tries else {}
    return policy | ({"backoff_sec": [number(wait) for wait in _parts(waits, ",")]} if waits else {})


def handler_inputs(form: Form, fields: Iterable[InputField], *, defaults: bool = False) -> Any:
    """Return the handler's own inputs that the form states; those at their default only with `defaults`, empty ones never."""
    further = form.get(FURTHER, "").strip()
    base = _json(further) if further else {}
    typed = {field.name: (_input(field, form), field.default) for field in fields}
    own = {
        name: value for name, (value, default) in typed.items() if value is not None and (defaults or value != default)
    }
    return base | own if isinstance(base, dict) else base


def _inputs(form: Form, fields: Iterable[InputField]) -> Any:
    own = handler_inputs(form, fields)
    if not isinstance(own, dict):
        return own
    controls: dict[str, Any] = {name: f"inputs.{name}" in form for name in CONTROL_CHECKS}
    for name in (*CONTROL_TEXTS, *CONTROL_NUMBERS):
        if said := form.get(f"inputs.{name}", "").strip():
            controls[name] = said if name in CONTROL_TEXTS else number(said)
    stated = {name: value for name, value in controls.items() if value != CONTROL_DEFAULTS[name]}
    return stated | own


def _input(field: InputField, form: Form) -> Any:
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
            return [line for line in said.splitlines() if line]
        case "json":
            return _json(said)
        case _:
            return said


def _shown_schedule(schedule: Mapping[str, Any] | None) -> dict[str, str]:
    if schedule is None:
        return {"schedule.kind": "none"}
    kind = next(kind for kind, way in SCHEDULE_KINDS.items() if schedule.get(way) is not None)
    shown = {f"schedule.{name}": _text(value) for name, value in schedule.items()}
    if schedule.get("misfire_grace_sec") is None:
        shown["schedule.misfire_grace_sec"] = NO_LIMIT
    return shown | {"schedule.kind": kind}


def _shown_inputs(inputs: Mapping[str, Any], fields: list[InputField]) -> dict[str, str]:
    shown: dict[str, str] = {}
    checks = {field.name for field in fields if field.widget == "check"} | set(CONTROL_CHECKS)
    widgets = {field.name: field.widget for field in fields}
    defaults = {field.name: field.default for field in fields if field.default is not None}
    for name, value in {**CONTROL_DEFAULTS, **defaults, **inputs}.items():
        if name in checks:
            shown |= {f"inputs.{name}": "on"} if value is True else {}
        elif name in widgets or name in CONTROLS:
            shown[f"inputs.{name}"] = "\n".join(value) if widgets.get(name) == "lines" else _text(value)
    further = {name: value for name, value in inputs.items() if name not in widgets and name not in CONTROLS}
    shown[FURTHER] = _text(further) if further else ""
    return shown


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def _json(text: str) -> Any:
    try:
        return json_text.parse(text.encode())
    except (Malformed, UnicodeError):
        return text


def _parts(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]
