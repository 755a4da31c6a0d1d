"""Runs: list them, read one and its events, cancel or retry one; contract §4."""

from __future__ import annotations

from typing import Literal

from flask import Response
from pydantic import BaseModel, ConfigDict

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.store.page import part_of
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import PartQuery, RunQuery
from webapp.asking import actor, platform
from webapp.language import language
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.events import EventRow, event_row
from webapp.wire.runs import (
    CancelledRow,
    QueuedRow,
    RunExplanationRow,
    RunRow,
    cancelled_row,
    queued_row,
    run_explanation_row,
    run_row,
)
from webapp.wire.steps import StepRow, step_row


class RetryRequest(BaseModel):
    """What may be said beside 'do it again'."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    guards: Literal["enforce", "ignore"] = "enforce"


@endpoint("GET", "/runs", Role.VIEWER, query=RunQuery, answers={200: list[RunRow]}, paged=True, worded=True)
def list_runs(query: RunQuery) -> Response:
    """List runs, newest first; `full` brings inputs and outputs."""
    page = operations.list_runs(
        platform(), actor(), query.filter(), query.limit, query.offset, query.cursor, full=query.full
    )
    return many(page, lambda run: run_row(run, language(), full=query.full))


@endpoint("GET", "/runs/{run_id}", Role.VIEWER, answers={200: RunRow}, worded=True)
def read_run(run_id: str) -> Response:
    """Read one run with its inputs and output."""
    return one(run_row(operations.get_run(platform(), actor(), run_id), language()))


@endpoint("GET", "/runs/{run_id}/explain", Role.VIEWER, answers={200: RunExplanationRow}, worded=True)
def explain_run(run_id: str) -> Response:
    """Say why a run does not start, who has it, and by when something happens to it."""
    return one(run_explanation_row(operations.explain_run(platform(), actor(), run_id), language()))


@endpoint("GET", "/runs/{run_id}/events", Role.VIEWER, query=PartQuery, answers={200: list[EventRow]}, paged=True)
def list_run_events(run_id: str, query: PartQuery) -> Response:
    """List what happened to one run, in the order of time."""
    found = operations.run_events(platform(), actor(), run_id)
    return many(part_of(found, lambda event: event.id, query.limit, query.offset, query.cursor), event_row)


@endpoint("GET", "/runs/{run_id}/steps", Role.VIEWER, answers={200: list[StepRow]})
def list_run_steps(run_id: str) -> Response:
    """List what an agent did in one run, step by step; empty for a run of another type."""
    return one([step_row(step) for step in operations.run_steps(platform(), actor(), run_id)])


@endpoint("POST", "/runs/{run_id}/cancel", Role.OPERATOR, answers={200: CancelledRow})
def cancel_run(run_id: str) -> Response:
    """Cancel a run: one that waits ends at once, a running one is asked to stop; 409 when it has ended."""
    return one(cancelled_row(operations.cancel_run(platform(), actor(), run_id)))


@endpoint(
    "POST", "/runs/{run_id}/retry", Role.OPERATOR, body=RetryRequest, body_optional=True, answers={201: QueuedRow}
)
def retry_run(run_id: str) -> Response:
    """Make a new run with an ended one's inputs and job version, under the guards; 409 when one holds."""
    asked = model_of(RetryRequest, json_object(optional=True))
    run = operations.retry_run(platform(), actor(), run_id, ignore_guards=asked.guards == "ignore")
    return one(queued_row(run), 201, {"Location": f"/runs/{run.run_id}"})
