"""The open form of a job: what it shows, what is wrong with it, and which job it edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runners.engine import operations
from runners.engine.errors import NotFound, Problem
from runners.engine.job import Job
from webapp.pages.approval_fields import APPROVAL_FIELDS, shown_approval
from webapp.pages.input_fields import InputField, input_fields
from webapp.pages.job_form import CONTROLS, FURTHER, SCHEDULE_KINDS, TEXTS, to_form
from webapp.pages.reading import read

BLANK = {
    "schedule.kind": "interval",
    "schedule.interval_sec": "60",
    "schedule.timezone": "UTC",
    "enabled": "on",
    "inputs.failure_memory_enabled": "on",
    **shown_approval({}),
}


@dataclass(frozen=True, slots=True)
class Editor:
    """A form of a job as the page shows it.

    `shown` is what each field holds; `job_id` is None while a job is being made; `version` is the one that the
    person saw, 0 for a new job. `sent` says that the form came back, so that an unticked box means no. `overtaken` says
    that somebody else saved meanwhile, and `changed_fields` names what differs from theirs.
    """

    shown: Mapping[str, str]
    fields: list[InputField]
    types: list[str]
    job_id: str | None = None
    version: int = 0
    problems: list[Problem] = field(default_factory=list)
    changed_fields: tuple[str, ...] = ()
    sent: bool = False
    overtaken: bool = False

    def problems_at(self, name: str) -> list[Problem]:
        """Return the problems of one field, or of anything inside it."""
        return [problem for problem in self.problems if self.field_of(problem) == name]

    def field_of(self, problem: Problem) -> str:
        """Return the field that `problem` stands beside: the longest name that begins its place, or ''."""
        place = ".".join(str(step) for step in problem.loc)
        known = (name for name in self._names() if place == name or place.startswith(f"{name}."))
        return max(known, key=len, default="")

    def _names(self) -> set[str]:
        schedule = {
            f"schedule.{name}" for name in (*SCHEDULE_KINDS.values(), "timezone", "misfire", "misfire_grace_sec")
        }
        inputs = {f"inputs.{name}" for name in CONTROLS} | {one.key for one in self.fields} | {FURTHER, "inputs"}
        retry = {"retry_policy.max_retry", "retry_policy.backoff_sec"}
        plain = {*TEXTS, "tags", "timeout_ms", "expires_sec", "enabled", "schedule", *APPROVAL_FIELDS}
        return plain | schedule | inputs | retry


def blank() -> Editor:
    """Return the form of a new job, with the first type chosen."""
    types = read(operations.handler_types)
    chosen = types[0] if types else ""
    return Editor({**BLANK, "type": chosen}, fields_of(chosen), types)


def of_job(job: Job) -> Editor:
    """Return the form of an existing job."""
    fields = fields_of(job.spec.type)
    shown = to_form(job.spec.to_json() | {"enabled": job.enabled}, fields)
    return Editor(shown, fields, read(operations.handler_types), job.job_id, job.version)


def as_typed(form: Mapping[str, str], job_id: str | None, version: int, problems: Iterable[Problem] = ()) -> Editor:
    """Return the form as somebody sent it, with what is wrong."""
    return Editor(
        form,
        fields_of(form.get("type", "")),
        read(operations.handler_types),
        job_id,
        version,
        list(problems),
        sent=True,
    )


def fields_of(type: str) -> list[InputField]:
    """Return the fields of a type's inputs; none for a type that is not known."""
    try:
        schema: Mapping[str, Any] = read(operations.input_schema, type)
    except NotFound:
        return []
    return input_fields(schema)
