"""Specs that come and go: a preview that stores nothing, export, and import as a whole or not at all; contract §3."""

from __future__ import annotations

from flask import Response, request

from runners.engine import operations
from runners.engine.job import JobSpec
from runners.engine.operations import Role
from runners.engine.operations.document import BackupFields
from runners.engine.strict import yaml_text
from webapp.api.answer import one
from webapp.api.endpoint import YAML, endpoint
from webapp.api.filters import ExportQuery, ForecastQuery, ImportQuery
from webapp.asking import actor, platform
from webapp.language import language
from webapp.parsing_json import json_object, json_or_yaml_body
from webapp.wire.transfer import ExportRow, ImportRow, PreviewRow, import_row, preview_row


@endpoint(
    "POST", "/jobs/preview", Role.VIEWER, query=ForecastQuery, body=JobSpec, answers={200: PreviewRow}, worded=True
)
def preview_job(query: ForecastQuery) -> Response:
    """Check a spec and forecast it; nothing is stored."""
    return one(preview_row(operations.preview(platform(), actor(), json_object(), query.count), language()))


@endpoint("GET", "/jobs/export", Role.VIEWER, query=ExportQuery, answers={200: ExportRow}, yaml=True)
def export_jobs(query: ExportQuery) -> Response:
    """Give all that import takes: jobs, own limits of flow groups, accounts without secrets; as YAML to who accepts it.

    Under a filter: the jobs that pass, the flow groups that they name, and no accounts.
    """
    document = operations.export_document(platform(), actor(), query.filter())
    if request.accept_mimetypes.best_match(["application/json", YAML]) == YAML:
        return Response(yaml_text.dump(document), content_type=YAML)
    return one(document)


@endpoint(
    "POST",
    "/jobs/import",
    Role.OPERATOR,
    query=ImportQuery,
    body=list[JobSpec] | BackupFields,
    answers={200: ImportRow},
    yaml=True,
)
def import_jobs(query: ImportQuery) -> Response:
    """Save all of it or nothing, and say what changed; `dry_run` only says what would. Accounts need the role admin.

    Takes what export gives, in JSON (up to 32 MiB) or YAML (up to 1 MiB), a bare list of specs, and a backup as
    `backup.export` writes it. What it does not name stays as it is.
    """
    return one(import_row(operations.import_jobs(platform(), actor(), json_or_yaml_body(), query.dry_run)))
