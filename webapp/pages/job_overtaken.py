"""The form of somebody who was overtaken while editing a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request

from runners.engine import operations
from runners.engine.errors import Invalid, NotFound, Unreadable
from runners.engine.job import Job
from webapp.asking import actor, platform
from webapp.pages.job_conflict import conflict
from webapp.pages.job_editor import Editor, as_typed
from webapp.pages.reading import read


def overtaken(job_id: str, base_version: int, typed: Mapping[str, Any]) -> Editor:
    """Return the form as typed, at the version that stands now, with all that differs. Raises NotFound."""
    job = read(operations.get_job, job_id)
    theirs, mine = stored(job), whole(typed, job)
    found = conflict(base_of(job, base_version), theirs, mine, base_version, job.version)
    return replace(as_typed(request.form, job_id, job.version), conflict=found)


def stored(job: Job) -> dict[str, Any]:
    """Return the job's spec as it stands."""
    return job.spec.to_json() | {"enabled": job.enabled}


def base_of(job: Job, version: int) -> dict[str, Any] | None:
    """Return the spec that the person opened, with the flag as it stands, which is no part of versions; None when it is kept no more."""
    try:
        then = read(operations.job_version, job.job_id, version)
    except (NotFound, Unreadable):
        return None
    return then.to_json() | {"enabled": job.enabled}


def whole(typed: Mapping[str, Any], job: Job) -> dict[str, Any]:
    """Return what was typed with all its defaults; what is wrong in it stays as it was typed."""
    try:
        spec = operations.preview(platform(), actor(), typed, 0).spec.to_json()
    except Invalid:
        spec = {**stored(job), **typed}
    return spec | {"enabled": typed.get("enabled", job.enabled)}
