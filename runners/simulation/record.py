"""What the runs' records say of a simulation: counts, overlaps, how deep the queue was, how long runs waited. Pure.

Times are seconds since the epoch. Nothing here is sampled: each figure comes from when runs were made, started and ended.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import Any

OPEN = frozenset({"queued", "running", "retrying", "waiting_approval"})
NAMED = 20


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `spans` is when its attempts worked; the end is None while one still does."""

    run_id: str
    job_id: str
    status: str
    created_at: float
    started_at: float | None
    finished_at: float | None
    spans: tuple[tuple[float, float | None], ...]

    @property
    def wait_sec(self) -> float | None:
        """How long it waited for its first start."""
        return None if not self.spans else self.spans[0][0] - self.created_at

    @property
    def work_sec(self) -> float | None:
        """How long it worked, all attempts together; None before its end."""
        ended = [end - start for start, end in self.spans if end is not None]
        return sum(ended) if self.status not in OPEN and ended else None


def run_of(row: Mapping[str, Any]) -> Run:
    """Return the run that a row of GET /runs tells of; servers without `attempts` tell of one."""
    started, finished = moment(row.get("started_at")), moment(row.get("finished_at"))
    spans = [
        (start, moment(each.get("finished_at")))
        for each in row.get("attempts") or ()
        if (start := moment(each["started_at"]))
    ]
    if not spans and started is not None:
        spans = [(started, finished)]
    created = moment(row.get("created_at") or row.get("scheduled_at"))
    return Run(row["run_id"], row["job_id"], row["status"], created or 0.0, started, finished, tuple(spans))


def counts(runs: Iterable[Run]) -> dict[str, int]:
    """Return how many runs there are, and in which state."""
    found = Counter(run.status for run in runs)
    waits = found["queued"] + found["retrying"] + found["waiting_approval"]
    states = {"queued": waits, **{name: found[name] for name in ("running", "success", "failed", "cancelled")}}
    return {"runs": found.total(), **states}


def overlaps(runs: Iterable[Run]) -> list[tuple[str, str, str]]:
    """Return each job and two of its runs that worked at the same time. One that works on reaches without an end."""
    spans = defaultdict[str, list[tuple[float, float, str]]](list)
    for run in runs:
        spans[run.job_id] += [(start, float("inf") if end is None else end, run.run_id) for start, end in run.spans]
    found = []
    for job_id, of_job in sorted(spans.items()):
        latest: tuple[float, str] = (float("-inf"), "")
        for start, end, run_id in sorted(of_job):
            if start < latest[0]:
                found.append((job_id, latest[1], run_id))
            latest = max(latest, (end, run_id))
    return found


def overlapped(runs: Iterable[Run]) -> int:
    """Return how many jobs have overlapped."""
    return len({job for job, *_ in overlaps(runs)})


def depths(runs: Iterable[Run]) -> list[tuple[float, int]]:
    """Return from when on how many runs waited, in the order of time.

    In one moment those leave first that were there before it: a slot that becomes free is taken in the step that frees it.
    """
    steps: list[tuple[float, int, int]] = []
    for run in runs:
        left = run.spans[0][0] if run.spans else run.finished_at
        steps.append((run.created_at, 1, 1))
        if left is not None:
            steps.append((left, 0 if run.created_at < left else 2, -1))
    depth, told = 0, []
    for at, _, step in sorted(steps):
        depth += step
        told.append((at, depth))
    return told


def peak(runs: Iterable[Run]) -> int:
    """Return how many runs waited at the same time, at most."""
    return max((depth for _, depth in depths(runs)), default=0)


def busy(runs: Iterable[Run]) -> int:
    """Return how many runs worked at the same time, at most."""
    steps = [step for run in runs for start, end in run.spans for step in ((start, 1), (end or float("inf"), -1))]
    working, most = 0, 0
    for _, step in sorted(steps):
        working += step
        most = max(most, working)
    return most


def spread(values: Sequence[float]) -> dict[str, float | None]:
    """Return the median, the 95th percentile and the longest, in seconds; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return {"p50": None, "p95": None, "max": None}
    at = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {name: round(ordered[max(0, ceil(part * len(ordered)) - 1)], 3) for name, part in at.items()}


def rises(samples: Sequence[int]) -> bool:
    """Say whether a count that was looked at time and again grew, and never fell."""
    return len(samples) > 1 and samples[-1] > samples[0] and all(one <= two for one, two in pairwise(samples))


def moment(stamp: str | None) -> float | None:
    """Return the time that an RFC 3339 stamp tells."""
    return datetime.fromisoformat(stamp).timestamp() if stamp else None
