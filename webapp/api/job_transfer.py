"""Specs that come and go: a preview that stores nothing, export, and import as a whole or not at all; contract §3."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.job import JobSpec
from runners.engine.operations import Role
from webapp.api.answer import one
from webapp.api.endpoint import endpoint
from webapp.api.filters import ForecastQuery
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.wire.transfer import PreviewRow, preview_row


@endpoint("POST", "/jobs/preview", Role.VIEWER, query=ForecastQuery, body=JobSpec, answers={200: PreviewRow})
def preview_job(query: ForecastQuery) -> Response:
    """Check a spec and forecast it; nothing is stored."""
    return one(preview_row(operations.preview(platform(), actor(), json_object(), query.count)))
