"""What failures have in common, and what is left of it: a line that like errors share, or the kind of any other failure. Pure.

A signature's weight rises by one with each failure, halves with every week and with every success, and is gone when it is next
to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from runners.engine.failure import like
from runners.engine.run import FailureKind

HALF_LIFE = timedelta(days=7)
NOTHING = 0.05
SIGNATURES_KEPT = 20
JOBS_KEPT = 5
"""Of the jobs that failed by one signature, the latest first."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A line that failures share. `weight` is as it was at `last_at`; `count` is how often it came, however long ago.

    `jobs` are those that failed by it, the latest first.
    """

    line: str
    count: int
    weight: float
    first_at: datetime
    last_at: datetime
    jobs: tuple[str, ...] = ()

    def weight_at(self, now: datetime) -> float:
        """Return the weight that is left of it."""
        age = max(now - self.last_at, timedelta())
        return float(self.weight * 0.5 ** (age / HALF_LIFE))


def signature(failure: FailureKind, text: str) -> str:
    """Return the line of a failure."""
    return (failure is FailureKind.ERROR and like(failure, text)) or failure


def with_one(signatures: tuple[Signature, ...], line: str, job_id: str, now: datetime) -> tuple[Signature, ...]:
    """Return the signatures after one more failure, the heaviest first; what is next to nothing is gone."""
    known = next((one for one in signatures if one.line == line), Signature(line, 0, 0.0, now, now))
    jobs = tuple(dict.fromkeys((job_id, *known.jobs)))[:JOBS_KEPT]
    risen = replace(known, count=known.count + 1, weight=known.weight_at(now) + 1, last_at=now, jobs=jobs)
    others = [one for one in signatures if one.line != line and one.weight_at(now) >= NOTHING]
    ordered = sorted([risen, *others], key=lambda one: one.weight_at(now), reverse=True)
    return tuple(ordered[:SIGNATURES_KEPT])


def halved(signatures: tuple[Signature, ...], now: datetime) -> tuple[Signature, ...]:
    """Return the signatures after a success."""
    left = (replace(one, weight=one.weight_at(now) / 2, last_at=now) for one in signatures)
    return tuple(one for one in left if one.weight >= NOTHING)
