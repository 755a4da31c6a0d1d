"""The open form of a job: what it shows, what is wrong with it, and which job it edits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runners.engine import operations
from runners.engine.automation import PRESETS
from runners.engine.errors import NotFound, Problem
from runners.engine.job import Job
from webapp.pages.approval_fields import APPROVAL_FIELDS, shown_approval
from webapp.pages.input_fields import InputField, input_fields
from webapp.pages.job_conflict import Conflict
from webapp.pages.job_form import SCHEDULE_KINDS, TEXTS, to_form
from webapp.pages.job_form_inputs import CONTROLS, FURTHER, STATED, with_unseen_boxes
from webapp.pages.job_typed import RAW, Written, as_text, written
from webapp.pages.reading import read
from webapp.pages.spec_limits import LIMITS, Limits

BLANK = {
    "schedule.kind": "interval",
    "schedule.interval_sec": "60",
    "schedule.timezone": "UTC",
    "enabled": "on",
    "inputs.failure_memory_enabled": "on",
    **shown_approval({}),
}
USUAL = "http.request"
SCHEDULE_FIELDS = (*SCHEDULE_KINDS.values(), "timezone", "misfire", "misfire_grace_sec")


@dataclass(frozen=True, slots=True)
class Editor:
    """A form of a job as the page shows it.

    `shown` is what each field holds, or the whole text where the job is `written` as one; `job_id` is None while a job is being
    made; `version` is the one that the person saw, 0 for a new job. `sent` says that the form came back, so that an unticked box
    means no. `conflict` tells of somebody who saved meanwhile, `gone` that the job was deleted.
    """

    shown: Mapping[str, str]
    fields: list[InputField]
    types: list[str]
    job_id: str | None = None
    version: int = 0
    problems: list[Problem] = field(default_factory=list)
    sent: bool = False
    written: Written = Written.FORM
    conflict: Conflict | None = None
    gone: bool = False
    presets = PRESETS

    def problems_at(self, name: str) -> list[Problem]:
        """Return the problems of one field, or of anything inside it."""
        return [problem for problem in self.problems if self.field_of(problem) == name]

    def field_of(self, problem: Problem) -> str:
        """Return the field that `problem` stands beside: the longest name that begins its place, or ''."""
        if self.written is not Written.FORM:
            return RAW
        place = ".".join(str(step) for step in problem.loc)
        known = (name for name in self.names if place == name or place.startswith(f"{name}."))
        return max(known, key=len, default="")

    def limits(self, name: str) -> Limits | None:
        """Return the range and the default of a field that holds a number."""
        return LIMITS.get(name)

    @property
    def unseen(self) -> Iterator[tuple[str, str]]:
        """Names and values of inputs that were typed for another type: they come back when that one is chosen again."""
        kept = (name for name in self.shown if name.startswith("inputs.") and name not in self.names)
        return ((name, self.shown[name]) for name in kept)

    @property
    def names(self) -> set[str]:
        """The names of all fields."""
        inputs = (
            {f"inputs.{name}" for name in CONTROLS} | {one.key for one in self.fields} | {FURTHER, STATED, "inputs"}
        )
        retry = {"retry_policy.max_retry", "retry_policy.backoff_sec"}
        plain = {*TEXTS, "description", "tags", "timeout_ms", "expires_sec", "enabled", "schedule", *APPROVAL_FIELDS}
        return plain | {f"schedule.{name}" for name in SCHEDULE_FIELDS} | inputs | retry


def blank() -> Editor:
    """Return the form of a new job, with the usual type chosen."""
    types = read(operations.handler_types)
    chosen = USUAL if USUAL in types else next(iter(types), "")
    return Editor({**BLANK, "type": chosen}, fields_of(chosen), types)


def of_job(job: Job, **changed: str) -> Editor:
    """Return the form of an existing job, with some fields changed and not saved."""
    fields = fields_of(job.spec.type)
    shown = to_form(job.spec.to_json() | {"enabled": job.enabled}, fields)
    return Editor(shown | changed, fields, read(operations.handler_types), job.job_id, job.version)


def copy_of(job: Job) -> Editor:
    """Return the form of a new job that is like another one, disabled until somebody has looked at it."""
    like = of_job(job)
    shown = {name: said for name, said in like.shown.items() if name not in ("job_id", "enabled")}
    return Editor(shown | {"job_id": f"{job.job_id[:123]}-copy"}, like.fields, like.types, sent=True)


def of_spec(
    spec: Mapping[str, Any], way: Written, job_id: str | None, version: int, problems: Iterable[Problem] = ()
) -> Editor:
    """Return the form that shows a raw spec, in fields or as a text."""
    type = spec.get("type")
    fields = fields_of(type) if isinstance(type, str) else []
    shown = to_form(spec, fields) if way is Written.FORM else {RAW: as_text(spec, way)}
    return Editor(
        shown, fields, read(operations.handler_types), job_id, version, list(problems), sent=True, written=way
    )


def as_typed(form: Mapping[str, str], job_id: str | None, version: int, problems: Iterable[Problem] = ()) -> Editor:
    """Return the form as somebody sent it, with what is wrong."""
    type = form.get("type", "")
    fields = fields_of(type)
    return Editor(
        with_unseen_boxes(form, type, fields),
        fields,
        read(operations.handler_types),
        job_id,
        version,
        list(problems),
        sent=True,
        written=written(form),
    )


def fields_of(type: str) -> list[InputField]:
    """Return the fields of a type's inputs; none for a type that is not known."""
    try:
        schema: Mapping[str, Any] = read(operations.input_schema, type)
    except NotFound:
        return []
    return input_fields(schema)
