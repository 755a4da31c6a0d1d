"""The log of a run: its end on the run's page, any stretch of it on a page of its own, and the whole as a file."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from runners.engine import operations
from runners.engine.errors import NotFound
from runners.engine.operations import Role
from webapp.asking import actor, platform
from webapp.htmx import respond
from webapp.pages.reading import read
from webapp.presentation.run_log import ShownLog, having, shown_log
from webapp.roles import needs

pages = Blueprint("run_logs", __name__, url_prefix="/ui/runs")

LAST_BYTES = 16 * 1024
SEARCHED = 200
LINES_FOUND = 300
STRETCH_BYTES = 32 * 1024
"""More than the longest line has."""


def last_lines(run_id: str) -> ShownLog:
    """Return the end of the run's log."""
    return shown_log(read(operations.run_log, run_id, -LAST_BYTES), from_line=False)


@pages.get("/<run_id:run_id>/log")
@needs(Role.VIEWER)
def show(run_id: str) -> Response:
    """Show the log behind an offset: as a page, or, for the end of a page that follows it, what has come since.

    Or the lines that have what is searched for, of all that are kept.
    """
    searched = request.args.get("search", "").strip()[:SEARCHED]
    if searched:
        lines, log = having(shown_log(read(operations.run_log, run_id), from_line=True), searched, LINES_FOUND)
        return respond("runs/log.html", "runs/_log_lines.html", run_id=run_id, log=log, searched=searched, found=lines)
    offset = _offset()
    log = shown_log(read(operations.run_log, run_id, offset, offset + STRETCH_BYTES - 1), from_line=True)
    return respond("runs/log.html", "runs/_log_lines.html", run_id=run_id, log=log, searched="")


@pages.get("/<run_id:run_id>/log.txt")
@needs(Role.VIEWER)
def text(run_id: str) -> Response:
    """Give the whole log as a file."""
    log = operations.run_log(platform(), actor(), run_id)
    headers = {"Content-Disposition": f'attachment; filename="{run_id}.log"'}
    return Response(log.text, headers=headers, content_type="text/plain; charset=utf-8")


def _offset() -> int:
    """Read the offset of the URL. Raises NotFound for what is none."""
    said = request.args.get("from", "0")
    if not re.fullmatch(r"[0-9]{1,10}", said, re.ASCII):
        raise NotFound(f"from {said[:40]!a} is no offset in a log")
    return int(said)
