"""What a run got and what it gave: their beginning on the run's page, the whole as a file."""

from __future__ import annotations

from flask import Blueprint, Response

from runners.engine import operations
from runners.engine.operations import Role
from webapp.asking import actor, platform
from webapp.language import language
from webapp.presentation import pretty
from webapp.roles import needs
from webapp.wire.runs import run_row

pages = Blueprint("run_values", __name__, url_prefix="/ui/runs")


@pages.get("/<run_id:run_id>/inputs.json")
@needs(Role.VIEWER)
def inputs(run_id: str) -> Response:
    """Give the run's inputs as a file."""
    return _file(run_id, "inputs", operations.get_run(platform(), actor(), run_id).inputs)


@pages.get("/<run_id:run_id>/output.json")
@needs(Role.VIEWER)
def output(run_id: str) -> Response:
    """Give what is kept of the run's output as a file."""
    result = operations.get_run(platform(), actor(), run_id).result or {}
    return _file(run_id, "output", result.get("output"))


@pages.get("/<run_id:run_id>/run.json")
@needs(Role.VIEWER)
def whole(run_id: str) -> Response:
    """Give the run as the API has it."""
    return _file(run_id, "run", run_row(operations.get_run(platform(), actor(), run_id), language()))


def _file(run_id: str, name: str, value: object) -> Response:
    """Answer with JSON; half of a surrogate pair has no place in a file."""
    headers = {"Content-Disposition": f'attachment; filename="{run_id}-{name}.json"'}
    text = pretty(value).encode(errors="replace")
    return Response(text, headers=headers, content_type="application/json")
