"""Runs as JSON; contract §4. Lists leave out what may be large: `inputs` and the result's `output`."""

from typing import Any, Literal, NotRequired

from runners.engine.custody import Custody, custody
from runners.engine.operations import Cancellation, RunExplanation
from runners.engine.run import Attempt, FailureKind, Run, RunStatus
from runners.engine.words import Language
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


class CustodyRow(Shape):
    """Who holds a run that has not ended (`worker:ID`, `queue:PRIORITY`, `retries`, `approval:ID`), and by when.

    `deadline` says what comes at `deadline_at`: `timeout`, `expires`, `retry`, `decide`, or `none` when the run states none.
    """

    holder: str
    deadline: str
    deadline_at: Stamp | None
    sentence: str


class RunRow(Shape):
    """One run; `attempt` counts from 0. `custody` is null when it has ended. `failure` is its group in `GET /failures`."""

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
    failure: str | None
    progress: ProgressRow | None
    priority: str
    pool: str
    flow_group: str | None
    worker_id: str | None
    redelivered: bool
    cancel_requested: bool
    timeout_ms: int
    max_retry: int
    trace_id: str
    actor: str
    approval_id: str | None
    custody: CustodyRow | None


class RunExplanationRow(Shape):
    """Why a run does not start, or who has it. What is ahead of it and who could take it is null unless it is queued."""

    run_id: str
    status: RunStatus
    custody: CustodyRow | None
    reason: str | None
    paused_by: str | None
    ahead: int | None
    workers: int | None
    slots: int | None
    running: int | None
    sentence: str


class QueuedRow(Shape):
    """The answer to a request for a run; one of a job that requires approval waits for people first."""

    run_id: str
    job_id: str
    status: Literal["queued", "waiting_approval"]


class CancelledRow(Shape):
    """What cancelling did: `asked` means that the run's worker stops it as soon as it hears of it."""

    run_id: str
    job_id: str
    status: Literal["cancelled", "asked"]


def run_row(run: Run, language: Language, *, full: bool = True) -> RunRow:
    """Return `run` for the wire, in `language` where it speaks; without `full`, its inputs and output are left out."""
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
        "failure": run.failure_group,
        "progress": _progress_row(run.progress) if run.progress else None,
        "priority": run.priority,
        "pool": run.pool,
        "flow_group": run.flow_group,
        "worker_id": run.worker_id,
        "redelivered": run.redelivered,
        "cancel_requested": run.cancel_requested,
        "timeout_ms": run.timeout_ms,
        "max_retry": run.max_retry,
        "trace_id": run.trace_id,
        "actor": run.actor,
        "approval_id": run.approval_id,
        "custody": _custody_row(custody(run), language),
    }
    if full:
        row["inputs"] = run.inputs
    return row


def run_explanation_row(explanation: RunExplanation, language: Language) -> RunExplanationRow:
    """Return why the run does not start, in `language`."""
    standing = explanation.standing
    return {
        "run_id": explanation.run.run_id,
        "status": explanation.run.status,
        "custody": _custody_row(explanation.custody, language),
        "reason": standing.reason if standing else None,
        "paused_by": standing.pause.blocker if standing and standing.pause else None,
        "ahead": standing.ahead if standing else None,
        "workers": standing.workers if standing else None,
        "slots": standing.slots if standing else None,
        "running": standing.running if standing else None,
        "sentence": explanation.sentence,
    }


def queued_row(run: Run) -> QueuedRow:
    """Return the short answer to whoever asked for `run`; a worker may have taken it since.

    One that waits for approval says so: it is not in the queue.
    """
    waits = run.status is RunStatus.WAITING_APPROVAL
    return {"run_id": run.run_id, "job_id": run.job_id, "status": "waiting_approval" if waits else "queued"}


def cancelled_row(cancellation: Cancellation) -> CancelledRow:
    """Return what became of the run that was to be cancelled."""
    run = cancellation.run
    return {"run_id": run.run_id, "job_id": run.job_id, "status": cancellation.status}


def _custody_row(held: Custody | None, language: Language) -> CustodyRow | None:
    if held is None:
        return None
    at = stamp_or_none(held.deadline_at)
    return {"holder": held.holder, "deadline": held.deadline, "deadline_at": at, "sentence": held.said(language)}


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
