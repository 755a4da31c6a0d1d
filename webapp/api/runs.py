"""Runs: list them, read one, read its events; contract §4."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.operations import Role
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import RunQuery
from webapp.asking import actor, platform
from webapp.wire.events import EventRow, event_row
from webapp.wire.runs import RunRow, run_row


@endpoint("GET", "/runs", Role.VIEWER, query=RunQuery, answers={200: list[RunRow]}, paged=True)
def list_runs(query: RunQuery) -> Response:
    """List runs, newest first; `full` brings inputs and outputs."""
    page = operations.list_runs(
        platform(), actor(), query.filter(), query.limit, query.offset, query.cursor, full=query.full
    )
    return many(page, lambda run: run_row(run, full=query.full))


@endpoint("GET", "/runs/{run_id}", Role.VIEWER, answers={200: RunRow})
def read_run(run_id: str) -> Response:
    """Read one run with its inputs and output."""
    return one(run_row(operations.get_run(platform(), actor(), run_id)))


@endpoint("GET", "/runs/{run_id}/events", Role.VIEWER, answers={200: list[EventRow]})
def list_run_events(run_id: str) -> Response:
    """List what happened to one run, in the order of time."""
    return one([event_row(event) for event in operations.run_events(platform(), actor(), run_id)])
