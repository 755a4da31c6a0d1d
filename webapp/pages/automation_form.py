"""The form of an agent workflow: what it shows, what it states, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runners.engine.automation import PRESETS, TEMPLATES, AgentWorkflowForm, filled, to_fields
from runners.engine.errors import Problem
from runners.engine.job import Job
from webapp.pages.job_typed import Written
from webapp.pages.spec_limits import Limits, limits_of
from webapp.pages.typed_values import lines, listed, number, shown, shown_lines, shown_listed

Form = Mapping[str, str]

TEXTS = ("job_id", "timezone", "flow_group", "pressure_priority", "agent_key", "account", "model")
NUMBERS = (
    "timeout_ms",
    "max_retry",
    "flow_max_active_runs",
    "dispatch_jitter_sec",
    *PRESETS["standard"].fields(),
)
CHECKS = ("enabled", "allow_overlap", "failure_memory_enabled", "require_approval_for_missing")
LIMIT_NAMES = ("steps", "seconds", "tokens", "cost", "repairs")
KINDS = {"interval": "interval_sec", "cron": "cron"}
RANGES: Mapping[str, Limits] = limits_of(AgentWorkflowForm)
TICKED = {"failure_memory_enabled": True, "require_approval_for_missing": True}


@dataclass(frozen=True, slots=True)
class WorkflowEditor:
    """A form as the page shows it; the fields of `templates/jobs/_field.html` read it as they read that of a job.

    `job_id` is None while a workflow is made; `version` is the one that the person saw, 0 for a new one. `sent` says that
    the form came back, so that an unticked box means no; `gone` that the job was deleted meanwhile.
    """

    shown: Mapping[str, str]
    job_id: str | None = None
    version: int = 0
    problems: list[Problem] = field(default_factory=list)
    sent: bool = True
    gone: bool = False
    written = Written.FORM
    presets = tuple(PRESETS)

    @property
    def names(self) -> set[str]:
        """The names of all fields."""
        limits = {f"limits.{name}" for name in LIMIT_NAMES}
        return {*TEXTS, "prompt", *NUMBERS, *CHECKS, *KINDS.values(), *limits, "backoff_sec", "allow_tools", "limits"}

    def problems_at(self, name: str) -> list[Problem]:
        """Return the problems of one field, or of anything inside it."""
        return [problem for problem in self.problems if self.field_of(problem) == name]

    def field_of(self, problem: Problem) -> str:
        """Return the field that `problem` stands beside, '' for none."""
        place = ".".join(str(step) for step in problem.loc)
        known = (name for name in self.names if place == name or place.startswith(f"{name}."))
        return max(known, key=len, default="")

    def limits(self, name: str) -> Limits | None:
        """Return the range and the default of a field that holds a number."""
        return RANGES.get(name)


def blank(template: str | None) -> WorkflowEditor:
    """Return the form of a new workflow, filled as `template` has it; as none has it for a name that none has."""
    fields = filled({"template": template if template in TEMPLATES else None})
    return WorkflowEditor(to_shown(TICKED | fields))


def of_job(job: Job) -> WorkflowEditor:
    """Return the form of an existing workflow."""
    return WorkflowEditor(to_shown(to_fields(job.spec) | {"enabled": job.enabled}), job.job_id, job.version)


def as_typed(form: Form, job_id: str | None, version: int, problems: Iterable[Problem] = ()) -> WorkflowEditor:
    """Return the form as somebody sent it, with what is wrong."""
    return WorkflowEditor(dict(form), job_id, version, list(problems))


def with_preset(form: Form, name: str) -> dict[str, str]:
    """Return what was typed, with the failure settings of a preset."""
    preset = PRESETS.get(name)
    return {**form} | ({key: str(value) for key, value in preset.fields().items()} if preset else {})


def typed(sent: Form) -> dict[str, Any]:
    """Return the raw form, as the API takes it, that the fields state; an empty field is left out."""
    form = {name: said.replace("\r\n", "\n") for name, said in sent.items()}
    raw: dict[str, Any] = {name: said for name in TEXTS if (said := form.get(name, "").strip())}
    raw |= {"prompt": form["prompt"]} if form.get("prompt", "").strip() else {}
    raw |= {name: number(said) for name in NUMBERS if (said := form.get(name, "").strip())}
    raw |= {name: name in form for name in CHECKS}
    way = KINDS.get(form.get("kind", ""), "interval_sec")
    said = form.get(way, "").strip()
    raw[way] = number(said) if way == "interval_sec" else said
    if waits := form.get("backoff_sec", "").strip():
        raw["backoff_sec"] = [number(wait) for wait in listed(waits, ",")]
    raw["allow_tools"] = lines(form.get("allow_tools", ""))
    limits = {name: number(said) for name in LIMIT_NAMES if (said := form.get(f"limits.{name}", "").strip())}
    return raw | ({"limits": limits} if limits else {})


def to_shown(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return what each field shows; a box that is not ticked is not there."""
    plain = {name: shown(fields.get(name)) for name in (*TEXTS, "prompt", *NUMBERS, *KINDS.values())}
    ticked = {name: "on" for name in CHECKS if fields.get(name) is True}
    limits = fields.get("limits")
    own = {f"limits.{name}": shown(value) for name, value in limits.items()} if isinstance(limits, dict) else {}
    return {
        **plain,
        **ticked,
        **own,
        "kind": "cron" if fields.get("cron") else "interval",
        "backoff_sec": shown_listed(fields.get("backoff_sec", ()), ","),
        "allow_tools": shown_lines(list(fields.get("allow_tools", ()))),
    }
