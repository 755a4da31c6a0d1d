"""The run indexes: sorted sets of run ids by creation, walked newest first without ever losing the place."""

from __future__ import annotations

import base64
import json
import operator
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine.clock import rfc3339, to_ms
from runners.engine.run import FailureKind, RunStatus
from runners.engine.store.connection import Store
from runners.engine.store.page import foreign

READ_AT_ONCE = 2_000
NAMED_AT_MOST = 100
"""Runs that a filter may name one by one."""
SCHEDULED = "schedule"
"""The one source without an index: nearly every run would stand in it."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs to list; None lets all pass. `search` is literal, in run id, job id and error text, in any case.

    `since` (inclusive) and `until` (exclusive) are about the creation of the run, `ended_since` and `ended_until` about its
    end. `failure` is a group of failures (`failure_keys.py`), whose runs come by their ends. `run_ids` are at most
    `NAMED_AT_MOST`.
    """

    job_id: str | None = None
    status: RunStatus | None = None
    source: str | None = None
    flow_group: str | None = None
    search: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    failure_kind: FailureKind | None = None
    failure: str | None = None
    ended_since: datetime | None = None
    ended_until: datetime | None = None
    run_ids: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, str]:
        """Return what it filters by, under the names and in the spellings of the API."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: _text(value) for name, value in given.items() if value is not None}

    @property
    def ends(self) -> Span:
        """The ends that pass."""
        return _span(self.ended_since, self.ended_until)

    @property
    def creations(self) -> Span:
        """The creations that pass."""
        return _span(self.since, self.until)


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return rfc3339(value) if isinstance(value, datetime) else str(value)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a run stands in an index: by its time (creation, or end among failures), then by id; both fall as lists go on."""

    at_ms: int
    run_id: str


@dataclass(frozen=True, slots=True)
class Span:
    """The times that a list covers, as bounds of a score range, both inclusive."""

    low: str
    high: str

    def holds(self, at_ms: float) -> bool:
        """Say whether a time is within the span."""
        return float(self.low) <= at_ms <= float(self.high)


EVER = Span("-inf", "+inf")


def _span(since: datetime | None, until: datetime | None) -> Span:
    low = str(to_ms(since)) if since else EVER.low
    return Span(low, str(to_ms(until) - 1) if until else EVER.high)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after `place`, with `before` rows on earlier pages; or, `newer`, where it ends: before `place`."""

    place: Place
    before: int
    newer: bool = False

    def encode(self) -> str:
        """Return the cursor as opaque text that is safe in a URL."""
        parts = [self.place.at_ms, self.place.run_id, self.before, *([1] if self.newer else [])]
        plain = json.dumps(parts, separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """Read what `Cursor.encode` gave. Raises Malformed when it is anything else."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        at_ms, run_id, before, *newer = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return Cursor(Place(int(at_ms), str(run_id)), int(before), bool(newer))
    except (ValueError, TypeError, OverflowError):
        raise foreign(text) from None


def indexes(store: Store, wanted: RunFilter) -> list[str]:
    """Return the keys of the indexes that the filter names, or the index of all runs; at least one.

    A group of failures has an order of its own, so it stands alone.
    """
    if wanted.failure:
        return [store.keys.failure_runs(wanted.failure)]
    status = wanted.status or (RunStatus.FAILED if wanted.failure_kind else None)
    values = {"job": wanted.job_id, "flow": wanted.flow_group, "status": status, "source": wanted.source}
    if wanted.source == SCHEDULED:
        del values["source"]
    return [store.keys.runs_of(name, value) for name, value in values.items() if value] or [store.keys.runs]


def span(wanted: RunFilter) -> Span:
    """Return the score range of the filter's times in the indexes that it names."""
    return wanted.ends if wanted.failure else wanted.creations


def walk(
    store: Store, index: str, within: Span, after: Place | None = None, *, newer: bool = False
) -> Iterator[list[Place]]:
    """Yield the runs of an index newest first, or oldest first towards `newer` ones, in batches of one round trip each.

    Keeps its place by value, so rows that are added or removed meanwhile move nothing, and never one comes twice.
    """
    start, end = (within.low, within.high) if newer else (within.high, within.low)
    start, seen = (str(after.at_ms) if after else start), 0
    further, farthest = (operator.gt, max) if newer else (operator.lt, min)
    read: Any = store.redis.zrangebyscore if newer else store.redis.zrevrangebyscore
    while True:
        found = read(index, start, end, start=seen, num=READ_AT_ONCE, withscores=True)
        places = [Place(int(score), run_id) for run_id, score in found]
        if fresh := [place for place in places if after is None or further(place, after)]:
            yield fresh
        if len(places) < READ_AT_ONCE:
            return
        after = farthest(places[-1], after) if after else places[-1]
        ties = sum(place.at_ms == after.at_ms for place in places)
        seen = ties + (seen if str(after.at_ms) == start else 0)
        start = str(after.at_ms)
