"""What a stretch of time amounts to: runs by status and job, failures, the slowest. Pure; takes one run at a time."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from runners.engine.clock import MILLISECOND, rfc3339
from runners.engine.run import Run, RunStatus

JOBS_SHOWN = 100  # all lists together stay under the 64 KiB of JSON that a run's output may have
FAILURES_SHOWN = 40
SLOWEST_SHOWN = 10
ERROR_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Window:
    """From `start_at` to before `end_at`."""

    start_at: datetime
    end_at: datetime

    def holds(self, run: Run) -> bool:
        """Say whether the run was created in the window, or ended in it."""
        return any(self.start_at <= at < self.end_at for at in (run.created_at, run.finished_at) if at)


@dataclass(slots=True)
class Digest:
    """Running totals. `skipped` counts slots by guard; `skipped_complete` is False when older rows were dropped."""

    window: Window
    runs: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    by_job: dict[str, Counter[str]] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    skipped_complete: bool = True
    _failures: list[tuple[datetime, str, Run]] = field(default_factory=list)
    _slowest: list[tuple[timedelta, str, Run]] = field(default_factory=list)

    def add(self, run: Run) -> None:
        """Count one run, if it belongs to the window."""
        if not self.window.holds(run):
            return
        status = "active" if run.status.active else str(run.status)
        self.runs += 1
        self.by_status[status] += 1
        self.by_job.setdefault(run.job_id, Counter())[status] += 1
        if run.status is RunStatus.FAILED:
            _keep(self._failures, (run.finished_at or run.created_at, run.run_id, run), FAILURES_SHOWN)
        if run.started_at and run.finished_at:
            _keep(self._slowest, (run.finished_at - run.started_at, run.run_id, run), SLOWEST_SHOWN)

    def to_json(self) -> dict[str, Any]:
        """Return the digest as JSON values, worst job first."""
        jobs = sorted(self.by_job.items(), key=lambda row: (-row[1]["failed"], -row[1].total(), row[0]))
        return {
            "start_at": rfc3339(self.window.start_at),
            "end_at": rfc3339(self.window.end_at),
            "runs": self.runs,
            "by_status": dict(self.by_status),
            "jobs": [{"job_id": job_id, "runs": counts.total(), **counts} for job_id, counts in jobs[:JOBS_SHOWN]],
            "jobs_left_out": max(0, len(jobs) - JOBS_SHOWN),
            "failures": [_failure(run) for _, _, run in sorted(self._failures, reverse=True)],
            "slowest": [_slow(taken, run) for taken, _, run in sorted(self._slowest, reverse=True)],
            "skipped_slots": dict(self.skipped),
            "skipped_slots_complete": self.skipped_complete,
        }


def _keep(heap: list[Any], row: tuple[Any, str, Run], most: int) -> None:
    """Keep the `most` largest rows; run ids are unique, so that two runs are never compared."""
    (heapq.heappush if len(heap) < most else heapq.heappushpop)(heap, row)


def _failure(run: Run) -> dict[str, Any]:
    lines = (run.error or "").strip().splitlines()
    return {
        "run_id": run.run_id,
        "job_id": run.job_id,
        "at": rfc3339(run.finished_at or run.created_at),
        "failure_kind": run.failure_kind,
        "error": lines[0][:ERROR_SHOWN] if lines else "",
    }


def _slow(taken: timedelta, run: Run) -> dict[str, Any]:
    return {"run_id": run.run_id, "job_id": run.job_id, "duration_ms": taken // MILLISECOND, "status": str(run.status)}
