"""Specs that come and go: a preview that stores nothing, export, and import as a whole or not at all; contract §3."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.job import JobSpec
from runners.engine.operations import Role
from webapp.api.answer import one
from webapp.api.endpoint import endpoint
from webapp.api.filters import ForecastQuery, ImportQuery
from webapp.asking import actor, platform
from webapp.language import language
from webapp.parsing_json import json_body, json_object
from webapp.wire.jobs import SpecRow
from webapp.wire.transfer import ImportRow, PreviewRow, import_row, preview_row


@endpoint(
    "POST", "/jobs/preview", Role.VIEWER, query=ForecastQuery, body=JobSpec, answers={200: PreviewRow}, worded=True
)
def preview_job(query: ForecastQuery) -> Response:
    """Check a spec and forecast it; nothing is stored."""
    return one(preview_row(operations.preview(platform(), actor(), json_object(), query.count), language()))


@endpoint("GET", "/jobs/export", Role.VIEWER, answers={200: list[SpecRow]})
def export_jobs() -> Response:
    """Give the spec of every job, as import takes them."""
    return one(operations.export_jobs(platform(), actor()))


@endpoint("POST", "/jobs/import", Role.OPERATOR, query=ImportQuery, body=list[JobSpec], answers={200: ImportRow})
def import_jobs(query: ImportQuery) -> Response:
    """Save all of the specs or none, and say what changed; `dry_run` only says what would. A body of up to 32 MiB.

    Takes what export gives, and a backup as `backup.export` writes it; everywhere else a body has at most 1 MiB.
    """
    return one(import_row(operations.import_jobs(platform(), actor(), json_body(), query.dry_run)))
