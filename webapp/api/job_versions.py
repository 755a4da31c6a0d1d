"""A job's versions, and the way back to one; contract §3."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.operations import Role
from webapp.api import preconditions
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import VersionQuery
from webapp.api.jobs import NoFields
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.jobs import SavedRow
from webapp.wire.versions import VersionRow, version_row


@endpoint(
    "GET", "/jobs/{job_id}/versions", Role.VIEWER, query=VersionQuery, answers={200: list[VersionRow]}, paged=True
)
def list_job_versions(job_id: str, query: VersionQuery) -> Response:
    """List the job's versions, newest first, each with what it changed; the last 100 are kept."""
    page = operations.job_versions(platform(), actor(), job_id, query.limit, query.offset, query.cursor)
    return many(page, version_row)


@endpoint(
    "POST",
    "/jobs/{job_id}/rollback/{version_id}",
    Role.ADMIN,
    body=NoFields,
    body_optional=True,
    answers={200: SavedRow},
    versioned=True,
)
def roll_back_job(job_id: str, version_id: str) -> Response:
    """Give the job the spec that it had at that version, as a new version; its enabled flag stays as it is."""
    model_of(NoFields, json_object(optional=True))
    expected = preconditions.expected_version(job_id)
    saved = operations.roll_back(platform(), actor(), job_id, int(version_id), expected)
    row: SavedRow = {"job_id": job_id, "status": saved.status, "version": saved.job.version}
    return one(row, headers=preconditions.etag(saved.job.version))
