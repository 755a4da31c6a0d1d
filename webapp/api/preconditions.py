"""ETags and preconditions of jobs (RFC 9110 §13): a job's entity tag is its version."""

from __future__ import annotations

import re

from flask import request

from runners.engine import operations
from runners.engine.errors import Malformed, NotFound, Stale
from runners.engine.job import Job
from webapp.api.endpoint import JobId
from webapp.asking import actor, platform

TAGS = re.compile(r'(?:W/)?"[0-9]{1,15}"(?:\s*,\s*(?:W/)?"[0-9]{1,15}")*', re.ASCII)


def etag(version: int) -> dict[str, str]:
    """Return the header that names `version`."""
    return {"ETag": f'"{version}"'}


def create_only() -> bool:
    """Say whether the request wants to create and never to replace. Raises Malformed for any other condition."""
    condition = request.headers.get("If-None-Match")
    if condition not in (None, "*"):
        raise Malformed("If-None-Match of a change may only be *")
    return condition == "*"


def expected_version(job_id: object) -> int | None:
    """Return the only version that the request may change, None when any will do or `job_id` names no job at all.

    Raises Stale when the job is none of the versions that `If-Match` names, Malformed when it names none.
    """
    condition = request.headers.get("If-Match")
    if condition is None:
        return None
    if condition != "*" and not TAGS.fullmatch(condition):
        raise Malformed('If-Match is neither * nor a list of versions such as "3"')
    if not isinstance(job_id, str) or not re.fullmatch(JobId.regex, job_id):
        return None  # the check of the spec names what is wrong with it
    version = _current(job_id).version
    if condition != "*" and f'"{version}"' not in _strong(condition):
        raise Stale(f"job {job_id!r} is at version {version} now; read it again")
    return version


def not_modified(job: Job) -> bool:
    """Say whether the reader has this version of `job` already. Raises Malformed."""
    condition = request.headers.get("If-None-Match", "")
    if condition and condition != "*" and not TAGS.fullmatch(condition):
        raise Malformed('If-None-Match is neither * nor a list of versions such as "3"')
    return condition == "*" or f'"{job.version}"' in condition.replace("W/", "").replace(",", " ").split()


def _strong(condition: str) -> list[str]:
    """Return the tags that may be compared for a change; weak ones never match (RFC 9110 §13.1.1)."""
    return [tag.strip() for tag in condition.split(",") if not tag.strip().startswith("W/")]


def _current(job_id: str) -> Job:
    try:
        return operations.get_job(platform(), actor(), job_id)
    except NotFound:
        raise Stale(f"job {job_id!r} does not exist, so no version of it can be changed") from None
