"""Runs as JSON; contract §4. Lists leave out what may be large: `inputs` and the result's `output`."""

from typing import Any, Literal, NotRequired

from runners.engine.operations import Cancellation
from runners.engine.run import Attempt, FailureKind, Run, RunStatus
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class AttemptRow(Shape):
    """One start of a run; `traceback` says where its handler failed, to operators, when one run is read."""

    attempt: int
    started_at: Stamp
    finished_at: Stamp | None
    worker_id: str | None
    outcome: str | None
    error: str | None
    traceback: NotRequired[str]


class ResultRow(Shape):
    """How a run ended; `truncated` says that the output was cut to its limit."""

    success: bool
    output: NotRequired[Any]
    error: str | None
    duration_ms: int | None
    truncated: bool


class ProgressRow(Shape):
    """How far a run is, as its handler says."""

    done: float
    total: float
    note: str


class RunRow(Shape):
    """One run; `attempt` counts from 0."""

    run_id: str
    job_id: str
    job_type: str
    job_version: int
    status: RunStatus
    attempt: int
    attempts: list[AttemptRow]
    source: str
    slot_at: Stamp | None
    created_at: Stamp
    scheduled_at: Stamp
    started_at: Stamp | None
    finished_at: Stamp | None
    retry_at: Stamp | None
    expires_at: Stamp | None
    inputs: NotRequired[dict[str, Any]]
    result: ResultRow | None
    failure_kind: FailureKind | None
    progress: ProgressRow | None
    priority: str
    flow_group: str | None
    worker_id: str | None
    redelivered: bool
    cancel_requested: bool
    timeout_ms: int
    max_retry: int
    trace_id: str
    actor: str


class QueuedRow(Shape):
    """The answer to a request for a run."""

    run_id: str
    job_id: str
    status: Literal["queued"]


class CancelledRow(Shape):
    """What cancelling did: `asked` means that the run's worker stops it as soon as it hears of it."""

    run_id: str
    job_id: str
    status: Literal["cancelled", "asked"]


def run_row(run: Run, *, full: bool = True) -> RunRow:
    """Return `run` for the wire; without `full`, its inputs and output are left out."""
    row: RunRow = {
        "run_id": run.run_id,
        "job_id": run.job_id,
        "job_type": run.job_type,
        "job_version": run.job_version,
        "status": run.status,
        "attempt": run.attempt,
        "attempts": [_attempt_row(attempt) for attempt in run.attempts],
        "source": run.source,
        "slot_at": stamp_or_none(run.slot_at),
        "created_at": stamp(run.created_at),
        "scheduled_at": stamp(run.scheduled_at),
        "started_at": stamp_or_none(run.started_at),
        "finished_at": stamp_or_none(run.finished_at),
        "retry_at": stamp_or_none(run.retry_at),
        "expires_at": stamp_or_none(run.expires_at),
        "result": _result_row(run.result, full) if run.result else None,
        "failure_kind": run.failure_kind,
        "progress": _progress_row(run.progress) if run.progress else None,
        "priority": run.priority,
        "flow_group": run.flow_group,
        "worker_id": run.worker_id,
        "redelivered": run.redelivered,
        "cancel_requested": run.cancel_requested,
        "timeout_ms": run.timeout_ms,
        "max_retry": run.max_retry,
        "trace_id": run.trace_id,
        "actor": run.actor,
    }
    if full:
        row["inputs"] = run.inputs
    return row


def queued_row(run: Run) -> QueuedRow:
    """Return the short answer to whoever asked for `run`; a worker may have taken it since."""
    return {"run_id": run.run_id, "job_id": run.job_id, "status": "queued"}


def cancelled_row(cancellation: Cancellation) -> CancelledRow:
    """Return what became of the run that was to be cancelled."""
    run = cancellation.run
    return {"run_id": run.run_id, "job_id": run.job_id, "status": cancellation.status}


def _attempt_row(attempt: Attempt) -> AttemptRow:
    row: AttemptRow = {
        "attempt": attempt.attempt,
        "started_at": stamp(attempt.started_at),
        "finished_at": stamp_or_none(attempt.finished_at),
        "worker_id": attempt.worker_id,
        "outcome": attempt.outcome,
        "error": attempt.error,
    }
    if attempt.traceback:
        row["traceback"] = attempt.traceback
    return row


def _result_row(result: dict[str, Any], full: bool) -> ResultRow:
    row: ResultRow = {
        "success": bool(result.get("success")),
        "error": result.get("error"),
        "duration_ms": result.get("duration_ms"),
        "truncated": bool(result.get("truncated")),
    }
    if full:
        row["output"] = result.get("output")
    return row


def _progress_row(progress: dict[str, Any]) -> ProgressRow:
    return {"done": progress["done"], "total": progress["total"], "note": progress["note"]}
