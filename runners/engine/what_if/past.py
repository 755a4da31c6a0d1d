"""The past that a replay is played before: who held a place when, of the job itself and of the others of its flow group. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from runners.engine.run import FailureKind, RunStatus

LONGEST_TICK = timedelta(seconds=1)
FORGOTTEN = frozenset({FailureKind.EXPIRED, FailureKind.REJECTED})
"""Failures that no failure memory counts (contract §4)."""


@dataclass(frozen=True, slots=True)
class Claim:
    """How long a run held its place, from its creation to its end; None while it is active. `failed` is one that memory counts."""

    run_id: str
    from_at: datetime
    until_at: datetime | None
    status: RunStatus
    failure_kind: FailureKind | None = None

    @property
    def failed(self) -> bool:
        """True when it counts as a failure of its job."""
        return self.status is RunStatus.FAILED and self.failure_kind not in FORGOTTEN

    @property
    def length(self) -> timedelta | None:
        """How long it held its place, None when it has not ended."""
        return None if self.until_at is None else self.until_at - self.from_at


Span = tuple[tuple[datetime, ...], tuple[datetime, ...]]
"""When runs took their places, and when they left them; each in the order of time."""


@dataclass(frozen=True, slots=True)
class Past:
    """The job's own runs by id, the others of its flow group, and the group's lowest limit (0 for none).

    `length` is how long a run is taken to hold its place of which no record tells; `until` is when the past ends.
    """

    own: Mapping[str, Claim]
    others: tuple[Claim, ...]
    flow_limit: int
    length: timedelta
    until: datetime
    _own: Span = field(init=False)
    _others: Span = field(init=False)

    def __post_init__(self) -> None:
        """Put the times in order once: who is active is counted at thousands of moments."""
        object.__setattr__(self, "_own", _span(self.own.values()))
        object.__setattr__(self, "_others", _span(self.others))

    def own_at(self, at: datetime) -> int:
        """Return how many runs of the job were active then, by the record."""
        return _active(self._own, at)

    def others_at(self, at: datetime) -> int:
        """Return how many runs of other jobs in the group were active then, or took a free place within the next tick.

        Who of several takes a place that becomes free is decided in one tick; a replay leaves it to those who took it then.
        """
        return _active(self._others, at, LONGEST_TICK)

    def next_end(self, after: datetime) -> datetime | None:
        """Return when the next of the others ended after that."""
        _, ends = self._others
        place = bisect_right(ends, after)
        return ends[place] if place < len(ends) else None


def _span(claims: Iterable[Claim]) -> Span:
    claims = tuple(claims)
    ends = sorted(one.until_at for one in claims if one.until_at)
    return tuple(sorted(one.from_at for one in claims)), tuple(ends)


def _active(span: Span, at: datetime, ahead: timedelta = timedelta()) -> int:
    starts, ends = span
    return bisect_right(starts, at + ahead) - bisect_right(ends, at)


def typical(claims: Iterable[Claim], otherwise: timedelta) -> timedelta:
    """Return the median of how long runs held their places; `otherwise` when none has ended."""
    seconds = [one.length.total_seconds() for one in claims if one.length is not None]
    return timedelta(seconds=median(seconds)) if seconds else otherwise
