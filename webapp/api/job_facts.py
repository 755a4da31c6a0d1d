"""What is known of a job: its failure memory, its decisions, its guards, its coming fire times; contract §3."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.store.page import cursor_after, number_before
from webapp.api.answer import one, paging
from webapp.api.endpoint import endpoint
from webapp.api.filters import DecisionQuery, ForecastQuery
from webapp.asking import actor, platform
from webapp.language import language
from webapp.wire.job_facts import (
    DecisionRow,
    ExplanationRow,
    FireTimeRow,
    MemoryRow,
    decision_row,
    explanation_row,
    fire_time_row,
    memory_row,
)
from webapp.wire.times import stamp


@endpoint("GET", "/jobs/{job_id}/memory", Role.VIEWER, answers={200: MemoryRow})
def read_memory(job_id: str) -> Response:
    """Say what is remembered of the job's failures."""
    return _memory(job_id)


@endpoint("DELETE", "/jobs/{job_id}/memory", Role.OPERATOR, answers={200: MemoryRow})
def reset_memory(job_id: str) -> Response:
    """Forget the job's failures, and end its cooldown."""
    operations.reset_memory(platform(), actor(), job_id)
    return _memory(job_id)


@endpoint(
    "GET",
    "/jobs/{job_id}/decisions",
    Role.VIEWER,
    query=DecisionQuery,
    answers={200: list[DecisionRow]},
    paged=True,
    worded=True,
    headers={
        "X-Dropped-Count": "how many older rows were dropped",
        "X-Complete-Since": "nothing is missing from this slot on; not there without any row",
    },
)
def list_decisions(job_id: str, query: DecisionQuery) -> Response:
    """List what became of the job's slots and of runs that were asked for, newest first; `replay` asks the guards again."""
    older_than = number_before(query.cursor)
    found = operations.decisions(platform(), actor(), job_id, query.limit, query.offset, older_than)
    further = None if found.older is None else cursor_after(str(found.older))
    headers = paging(found.kept, further) | {"X-Dropped-Count": str(found.dropped)}
    if found.complete_since:
        headers["X-Complete-Since"] = stamp(found.complete_since)
    rows = [decision_row(decision, language(), replayed=query.replay) for decision in found.decisions]
    return one(rows, headers=headers)


@endpoint("GET", "/jobs/{job_id}/explain", Role.VIEWER, answers={200: ExplanationRow}, worded=True)
def explain_job(job_id: str) -> Response:
    """Ask every guard what it would say now, and change nothing."""
    return one(explanation_row(operations.explain(platform(), actor(), job_id), language()))


@endpoint(
    "GET", "/jobs/{job_id}/forecast", Role.VIEWER, query=ForecastQuery, answers={200: list[FireTimeRow]}, worded=True
)
def forecast_job(job_id: str, query: ForecastQuery) -> Response:
    """List the job's next slots, in UTC and in its own time zone."""
    found = operations.forecast(platform(), actor(), job_id, query.count)
    return one([fire_time_row(time, language()) for time in found])


def _memory(job_id: str) -> Response:
    memory = operations.memory(platform(), actor(), job_id)
    return one(memory_row(job_id, memory, platform().store.now()))
