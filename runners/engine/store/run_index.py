"""The run indexes: sorted sets of run ids by creation, walked newest first without ever losing the place."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine.clock import rfc3339, to_ms
from runners.engine.errors import Malformed
from runners.engine.run import FailureKind, RunStatus
from runners.engine.store.connection import Store

READ_AT_ONCE = 2_000
SCHEDULED = "schedule"
"""The one source without an index: nearly every run would stand in it."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs to list; None lets all pass. `search` is literal, in run id, job id and error text, in any case.

    `since` (inclusive) and `until` (exclusive) are about the creation of the run.
    """

    job_id: str | None = None
    status: RunStatus | None = None
    source: str | None = None
    flow_group: str | None = None
    search: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    failure_kind: FailureKind | None = None

    def to_json(self) -> dict[str, str]:
        """Return what it filters by, under the names and in the spellings of the API."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            name: rfc3339(value) if isinstance(value, datetime) else str(value)
            for name, value in given.items()
            if value is not None
        }


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a run stands in an index: by creation, then by id; both fall as lists go on."""

    created_ms: int
    run_id: str


@dataclass(frozen=True, slots=True)
class Span:
    """The creations that a list covers, as bounds of a score range, both inclusive."""

    low: str
    high: str

    def holds(self, place: Place) -> bool:
        """Say whether the run was created within the span."""
        return float(self.low) <= place.created_ms <= float(self.high)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: after `place`, with `before` rows on earlier pages."""

    place: Place
    before: int

    def encode(self) -> str:
        """Return the cursor as opaque text that is safe in a URL."""
        plain = json.dumps([self.place.created_ms, self.place.run_id, self.before], separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """Read what `Cursor.encode` gave. Raises Malformed when it is anything else."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        created, run_id, before = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return Cursor(Place(int(created), str(run_id)), int(before))
    except (ValueError, TypeError):
        raise Malformed(f"cursor '{text[:40]}' is not one of ours; take it from the Link header") from None


def indexes(store: Store, wanted: RunFilter) -> list[str]:
    """Return the keys of the indexes that the filter names, or the index of all runs; at least one."""
    status = wanted.status or (RunStatus.FAILED if wanted.failure_kind else None)
    values = {"job": wanted.job_id, "flow": wanted.flow_group, "status": status, "source": wanted.source}
    if wanted.source == SCHEDULED:
        del values["source"]
    return [store.keys.runs_of(name, value) for name, value in values.items() if value] or [store.keys.runs]


def span(wanted: RunFilter) -> Span:
    """Return the score range of the filter's times."""
    low = str(to_ms(wanted.since)) if wanted.since else "-inf"
    return Span(low, str(to_ms(wanted.until) - 1) if wanted.until else "+inf")


def walk(store: Store, index: str, within: Span, after: Place | None = None) -> Iterator[list[Place]]:
    """Yield the runs of an index newest first, in batches of one round trip each; never one twice.

    Keeps its place by value, so rows that are added or removed meanwhile move nothing.
    """
    high, seen = (str(after.created_ms) if after else within.high), 0
    while True:
        found: Any = store.redis.zrevrangebyscore(
            index, high, within.low, start=seen, num=READ_AT_ONCE, withscores=True
        )
        places = [Place(int(score), run_id) for run_id, score in found]
        if fresh := [place for place in places if after is None or place < after]:
            yield fresh
        if len(places) < READ_AT_ONCE:
            return
        after = min(places[-1], after) if after else places[-1]
        ties = sum(place.created_ms == after.created_ms for place in places)
        seen = ties + (seen if str(after.created_ms) == high else 0)
        high = str(after.created_ms)
