"""The form of a job: from what somebody typed to a raw spec, and from a spec to what the form shows.

What equals its default is left out: a form that is saved untouched changes nothing.
A field is named as the place in the spec that it fills ('retry_policy.max_retry'), so that a problem finds its field.
What cannot be read as a number or as JSON goes on as it was typed: the check of the spec names it, like all else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from webapp.pages.approval_fields import shown_approval, to_approval
from webapp.pages.input_fields import InputField
from webapp.pages.job_form_inputs import shown_inputs, to_inputs
from webapp.pages.typed_values import listed, number, shown, shown_listed

Form = Mapping[str, str]

TEXTS = ("job_id", "type", "pool", "on_worker_lost")
NUMBERS = ("timeout_ms", "expires_sec")
SCHEDULE_KINDS = {"interval": "interval_sec", "cron": "cron", "at": "at"}
NO_LIMIT = "none"
"""Typed where a number goes and null means that there is no limit."""


def to_spec(typed: Form, fields: Iterable[InputField]) -> dict[str, Any]:
    """Return the raw spec that the form states; empty fields are left out, so that defaults apply."""
    form = {name: said.replace("\r\n", "\n") for name, said in typed.items()}
    spec: dict[str, Any] = {name: form[name].strip() for name in TEXTS if form.get(name, "").strip()}
    spec |= {"description": form["description"]} if form.get("description") else {}
    spec |= {name: number(form[name]) for name in NUMBERS if form.get(name, "").strip()}
    spec["tags"] = listed(form.get("tags", ""), ",")
    spec["enabled"] = "enabled" in form
    spec["schedule"] = _schedule(form)
    spec["retry_policy"] = _retry_policy(form)
    spec["inputs"] = to_inputs(form, fields)
    return spec | to_approval(form, number)


def to_form(spec: Mapping[str, Any], fields: Iterable[InputField]) -> dict[str, str]:
    """Return what the form shows for a spec (as `JobSpec.to_json` writes it)."""
    form = {name: shown(spec.get(name)) for name in (*TEXTS, *NUMBERS, "description")}
    form["tags"] = shown_listed(spec.get("tags") or (), ",")
    form |= {"enabled": "on"} if spec.get("enabled", True) else {}
    form |= _shown_schedule(spec.get("schedule")) | shown_approval(spec)
    retry = spec.get("retry_policy") or {}
    form["retry_policy.max_retry"] = shown(retry.get("max_retry"))
    form["retry_policy.backoff_sec"] = shown_listed(retry.get("backoff_sec") or (), ",")
    return form | shown_inputs(spec.get("inputs", {}), list(fields))


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
    return policy | ({"backoff_sec": [number(wait) for wait in listed(waits, ",")]} if waits else {})


def _shown_schedule(schedule: Mapping[str, Any] | None) -> dict[str, str]:
    if schedule is None:
        return {"schedule.kind": "none"}
    kind = next(kind for kind, way in SCHEDULE_KINDS.items() if schedule.get(way) is not None)
    form = {f"schedule.{name}": shown(value) for name, value in schedule.items()}
    if "misfire_grace_sec" in schedule and schedule["misfire_grace_sec"] is None:
        form["schedule.misfire_grace_sec"] = NO_LIMIT
    return form | {"schedule.kind": kind}
