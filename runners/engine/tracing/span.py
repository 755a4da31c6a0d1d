"""What of a run's life is told as spans. Pure.

Ids follow from the run's own, so that a run that is told twice, or by two processes, is the same trace and not a second one.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime

from runners.engine.run import Attempt, Run, RunStatus

TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in a trace. Ids are lower-case hexadecimal, 32 and 16 digits; `parent_id` '' is the trace's root.

    `error` '' means that it went well.
    """

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    start: datetime
    end: datetime
    error: str = ""
    attributes: dict[str, str | int] = field(default_factory=dict)


def trace_id(request_id: str) -> str:
    """Return the trace of a request, and of the runs that it made: its id when that is one of a trace, else a hash of it."""
    return request_id if TRACE_ID.fullmatch(request_id) else hashlib.sha256(request_id.encode()).hexdigest()[:32]


def root_id(request_id: str) -> str:
    """Return the id of the span that the trace begins with."""
    return _id("root", request_id)


def of_run(run: Run) -> list[Span]:
    """Return the spans of a run that has ended: itself, its wait for a worker, its attempts, and its slot if it had one."""
    assert run.finished_at is not None, f"{run.run_id} has ended"
    trace, root, own = trace_id(run.trace_id), root_id(run.trace_id), _id("run", run.run_id)
    about: dict[str, str | int] = {
        "multijob.run_id": run.run_id,
        "multijob.job_id": run.job_id,
        "multijob.job_version": run.job_version,
        "multijob.source": run.source,
        "multijob.status": run.status.value,
    }
    error = "" if run.status is not RunStatus.FAILED else (run.error or run.status.value)
    spans = [Span(f"run {run.job_type}", trace, own, root, run.created_at, run.finished_at, error, about)]
    if run.slot_at:
        spans.append(Span("slot", trace, root, "", min(run.slot_at, run.created_at), run.created_at, "", about))
    first = min((attempt.started_at for attempt in run.attempts), default=run.finished_at)
    spans.append(Span("wait", trace, _id("wait", run.run_id), own, run.created_at, max(first, run.created_at)))
    return spans + [_attempt(run, number, attempt, own) for number, attempt in enumerate(run.attempts)]


def _attempt(run: Run, number: int, attempt: Attempt, parent: str) -> Span:
    name = f"attempt {number} {run.run_id}"
    end = attempt.finished_at or run.finished_at or attempt.started_at
    about: dict[str, str | int] = {
        "multijob.attempt": attempt.attempt,
        "multijob.worker": attempt.worker_id or "",
        "multijob.outcome": attempt.outcome or "",
    }
    return Span(
        "attempt",
        trace_id(run.trace_id),
        _id("attempt", name),
        parent,
        attempt.started_at,
        max(end, attempt.started_at),
        attempt.error or "" if attempt.outcome != "success" else "",
        about,
    )


def _id(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind}:{name}".encode()).hexdigest()[:16]
