"""Pausing, resuming and draining; contract §7. What is done twice has one effect, and answers with the first pause."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.pause import Pause
from webapp.api.answer import one
from webapp.api.endpoint import endpoint
from webapp.api.filters import PauseQuery
from webapp.api.jobs import NoFields
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.pauses import PausedRow, pause_row

ANSWERS = {200: PausedRow}


@endpoint("POST", "/jobs/{job_id}/pause", Role.OPERATOR, body=NoFields, body_optional=True, answers=ANSWERS)
def pause_job(job_id: str) -> Response:
    """Hold the job's slots and refuse its runs until it is resumed."""
    _no_fields()
    return _paused(operations.pause_job(platform(), actor(), job_id))


@endpoint("POST", "/jobs/{job_id}/resume", Role.OPERATOR, body=NoFields, body_optional=True, answers=ANSWERS)
def resume_job(job_id: str) -> Response:
    """Let a paused job go on."""
    _no_fields()
    operations.resume_job(platform(), actor(), job_id)
    return _resumed()


@endpoint("POST", "/flow-groups/{flow_group}/pause", Role.OPERATOR, body=NoFields, body_optional=True, answers=ANSWERS)
def pause_flow_group(flow_group: str) -> Response:
    """Hold the slots of all jobs of the group and refuse their runs until it is resumed."""
    _no_fields()
    return _paused(operations.pause_flow(platform(), actor(), flow_group))


@endpoint("POST", "/flow-groups/{flow_group}/resume", Role.OPERATOR, body=NoFields, body_optional=True, answers=ANSWERS)
def resume_flow_group(flow_group: str) -> Response:
    """Let a paused flow group go on."""
    _no_fields()
    operations.resume_flow(platform(), actor(), flow_group)
    return _resumed()


@endpoint("POST", "/queue/pause", Role.OPERATOR, query=PauseQuery, body=NoFields, body_optional=True, answers=ANSWERS)
def pause_queue(query: PauseQuery) -> Response:
    """Hold slots, and queued runs, of one priority; without `priority`, of everything, as `rq suspend` does."""
    _no_fields()
    return _paused(operations.pause_queue(platform(), actor(), query.priority))


@endpoint("POST", "/queue/resume", Role.OPERATOR, query=PauseQuery, body=NoFields, body_optional=True, answers=ANSWERS)
def resume_queue(query: PauseQuery) -> Response:
    """Let one priority go on; without `priority`, everything. What else is paused stays so."""
    _no_fields()
    operations.resume_queue(platform(), actor(), query.priority)
    return _resumed()


@endpoint("POST", "/agents/{agent_id}/drain", Role.OPERATOR, body=NoFields, body_optional=True, answers=ANSWERS)
def drain_agent(agent_id: str) -> Response:
    """Let a worker take no more runs and end those that it has; it stays idle until it is stopped."""
    _no_fields()
    pause = operations.drain_agent(platform(), actor(), agent_id)
    row: PausedRow = {"status": "draining", "pause": pause_row(pause)}
    return one(row)


@endpoint("POST", "/agents/{agent_id}/stop", Role.OPERATOR, body=NoFields, body_optional=True, answers=ANSWERS)
def stop_agent(agent_id: str) -> Response:
    """Let a worker end as by SIGTERM: it ends its runs within SHUTDOWN_GRACE, gives back the rest, and leaves."""
    _no_fields()
    pause = operations.stop_agent(platform(), actor(), agent_id)
    row: PausedRow = {"status": "stopping", "pause": pause_row(pause)}
    return one(row)


def _no_fields() -> None:
    model_of(NoFields, json_object(optional=True))


def _paused(pause: Pause) -> Response:
    row: PausedRow = {"status": "paused", "pause": pause_row(pause)}
    return one(row)


def _resumed() -> Response:
    row: PausedRow = {"status": "resumed", "pause": None}
    return one(row)
