"""Jobs: make, list, read, replace, delete, switch and run them; contract §3."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Literal

from flask import Response, request
from pydantic import BaseModel, ConfigDict, JsonValue

from runners.engine import operations
from runners.engine.errors import Invalid, Problem, Unreadable
from runners.engine.job import JobSpec
from runners.engine.operations import Role, RunFilter
from webapp.api import preconditions
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import DeleteQuery, JobQuery, JobRunsQuery
from webapp.asking import actor, platform
from webapp.language import language
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.jobs import DeletedRow, JobRow, SavedRow, SwitchedRow, job_row, sharing_row, switched_row
from webapp.wire.runs import QueuedRow, RunRow, queued_row, run_row


class RunRequest(BaseModel):
    """What may be said beside 'run it now'; `inputs` merge over the job's top-level keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    inputs: dict[str, JsonValue] | None = None
    guards: Literal["enforce", "ignore"] = "enforce"


class NoFields(BaseModel):
    """A body that says nothing; it may be absent, too."""

    model_config = ConfigDict(extra="forbid")


@endpoint("GET", "/jobs", Role.VIEWER, query=JobQuery, answers={200: list[JobRow]}, paged=True, worded=True)
def list_jobs(query: JobQuery) -> Response:
    """List jobs in the order of their ids; one whose record cannot be read has no row, but counts in the total."""
    page = operations.list_jobs(platform(), actor(), query.filter(), query.limit, query.offset, query.cursor)
    return many(page, lambda job: job_row(job, language()))


@endpoint(
    "POST",
    "/jobs",
    Role.OPERATOR,
    body=JobSpec,
    answers={200: SavedRow, 201: SavedRow},
    versioned=True,
    creates=True,
)
def save_job() -> Response:
    """Create or replace a job; without the field `enabled` it is enabled."""
    raw = json_object()
    return _save(raw, keep_enabled=False, job_id=raw.get("job_id"))


@endpoint("GET", "/jobs/{job_id}", Role.VIEWER, answers={200: JobRow}, versioned=True, worded=True)
def read_job(job_id: str) -> Response:
    """Read one job."""
    job = operations.get_job(platform(), actor(), job_id)
    return preconditions.one_tagged(job_row(job, language()), job.version)


@endpoint(
    "PUT",
    "/jobs/{job_id}",
    Role.OPERATOR,
    body=JobSpec,
    answers={200: SavedRow, 201: SavedRow},
    versioned=True,
    creates=True,
    refusals=(409,),
)
def replace_job(job_id: str) -> Response:
    """Create or replace the job of this name; without the field `enabled` its flag stays."""
    raw = json_object()
    if raw.setdefault("job_id", job_id) != job_id:
        fault = f"job_id {raw['job_id']!r:.60} is not the one of the path, {job_id!r}; leave it out"
        raise Invalid([Problem(("job_id",), fault, "not_the_path")])
    return _save(raw, keep_enabled=True, job_id=job_id)


@endpoint(
    "DELETE",
    "/jobs/{job_id}",
    Role.ADMIN,
    query=DeleteQuery,
    answers={200: DeletedRow},
    versioned=True,
    refusals=(409,),
)
def delete_job(job_id: str, query: DeleteQuery) -> Response:
    """Delete a job; refused while runs are active unless they are cancelled with it. Its history stays."""
    expected = preconditions.expected_version(job_id)
    operations.delete_job(platform(), actor(), job_id, query.cancel, expected)
    row: DeletedRow = {"job_id": job_id, "status": "deleted"}
    return one(row)


@endpoint(
    "PUT",
    "/jobs/{job_id}/enable",
    Role.OPERATOR,
    body=NoFields,
    body_optional=True,
    answers={200: SwitchedRow},
    versioned=True,
)
def enable_job(job_id: str) -> Response:
    """Let the job be due again, from its next anchor on."""
    return _switched(job_id, True)


@endpoint(
    "PUT",
    "/jobs/{job_id}/disable",
    Role.OPERATOR,
    body=NoFields,
    body_optional=True,
    answers={200: SwitchedRow},
    versioned=True,
)
def disable_job(job_id: str) -> Response:
    """Let the job have no slots until it is enabled."""
    return _switched(job_id, False)


@endpoint("POST", "/jobs/{job_id}/run", Role.OPERATOR, body=RunRequest, body_optional=True, answers={200: QueuedRow})
def run_job(job_id: str) -> Response:
    """Run the job now, under its guards; a guard that holds answers 409 with its hold."""
    asked = model_of(RunRequest, json_object(optional=True))
    run = operations.run_job(
        platform(),
        actor(),
        job_id,
        inputs=asked.inputs,
        ignore_guards=asked.guards == "ignore",
        source="api",
        idempotency_key=request.headers.get("Idempotency-Key"),
    )
    return one(queued_row(run))


@endpoint(
    "GET", "/jobs/{job_id}/runs", Role.VIEWER, query=JobRunsQuery, answers={200: list[RunRow]}, paged=True, worded=True
)
def list_job_runs(job_id: str, query: JobRunsQuery) -> Response:
    """List the job's runs, newest first."""
    with suppress(Unreadable):  # its runs have records of their own
        operations.get_job(platform(), actor(), job_id)
    wanted = RunFilter(job_id=job_id, status=query.run_status)
    page = operations.list_runs(platform(), actor(), wanted, query.limit, query.offset, query.cursor, full=query.full)
    return many(page, lambda run: run_row(run, language(), full=query.full))


def _switched(job_id: str, enabled: bool) -> Response:
    model_of(NoFields, json_object(optional=True))
    expected = preconditions.expected_version(job_id)
    job = operations.set_enabled(platform(), actor(), job_id, enabled, expected)
    return one(switched_row(job), headers=preconditions.etag(job.version))


def _save(raw: dict[str, Any], *, keep_enabled: bool, job_id: object) -> Response:
    saved = operations.save_job(
        platform(),
        actor(),
        raw,
        keep_enabled=keep_enabled,
        create_only=preconditions.create_only(),
        expected_version=preconditions.expected_version(job_id),
    )
    row: SavedRow = {"job_id": saved.job.job_id, "status": saved.status, "version": saved.job.version}
    if saved.sharing:
        row["shares_memory"] = sharing_row(saved.sharing)
    return preconditions.saved(row, f"/jobs/{saved.job.job_id}", saved.job.version)
