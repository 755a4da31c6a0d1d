"""Which runs stand on a page: answered by one index, or by walking the smallest one."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from runners.engine.run import TERMINAL, RunStatus, ids_beginning, run_named
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES
from runners.engine.store.page import WALKED_AT_MOST
from runners.engine.store.run_index import (
    EVER,
    READ_AT_ONCE,
    SCHEDULED,
    Cursor,
    Place,
    RunFilter,
    indexes,
    span,
    walk,
)

HELD_AT_MOST_MS = 3_600_000
"""How much later than its slot a run may be created, and still be found by the beginning of its id."""


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that a page shows: `limit` rows after `offset` rows after the cursor, if there is one.

    A cursor towards newer runs takes no offset. A walk looks at `among` entries at most, None for as many as any may.
    """

    limit: int
    offset: int
    cursor: Cursor | None
    among: int | None = None

    @property
    def walked_at_most(self) -> int:
        """How many entries a walk looks at."""
        return self.among or WALKED_AT_MOST

    @property
    def after(self) -> Place | None:
        """Where the walk begins; None at the newest run."""
        return self.cursor.place if self.cursor else None

    @property
    def before(self) -> int:
        """Rows on earlier pages."""
        return self.cursor.before if self.cursor else 0

    @property
    def newer(self) -> bool:
        """True when the page ends where the cursor stands."""
        return bool(self.cursor and self.cursor.newer)

    def cut(self, places: list[Place]) -> tuple[Place, ...]:
        """Return the page's part of `places`, and one more if there is one; what leads to newer runs is turned around."""
        if self.newer:
            return tuple(reversed(places[: self.limit + 1]))
        return tuple(places[self.offset : self.offset + self.limit + 1])


@dataclass(frozen=True, slots=True)
class Selection:
    """The page's runs (one more than `limit`, when there is a next page that way), and how many the whole list has.

    `reached` is how far an incomplete search has looked.
    """

    places: tuple[Place, ...]
    total: int
    complete: bool = True
    reached: Place | None = None


def select(store: Store, wanted: RunFilter, window: Window) -> Selection:
    """Return the runs of one page, newest first; see `runs.list_runs` for what that costs."""
    if wanted.run_ids is not None:
        return _by_ids(store, wanted.run_ids, wanted, window)
    if (run_id := run_named(wanted.search or "")) and store.redis.exists(store.keys.run(run_id)):
        return _by_ids(store, [run_id], wanted, window)
    if (beginning := ids_beginning(wanted.search or "")) and (found := _beginning(store, *beginning, window)):
        return _by_ids(store, found, wanted, window)
    if wanted.status and wanted.status not in TERMINAL and not wanted.failure:
        return _by_state(store, wanted, window)
    named = indexes(store, wanted)
    if len(named) == 1 and not _is_read(wanted):
        return _by_index(store, named[0], wanted, window)
    return _by_walk(store, _smallest(store, named, wanted), wanted, window)


def _is_read(wanted: RunFilter) -> bool:
    """Say whether runs must be read to know which of an index pass."""
    if wanted.failure:
        status = None if wanted.status is RunStatus.FAILED else wanted.status  # which all of them are
        return replace(wanted, failure=None, status=status, ended_since=None, ended_until=None) != RunFilter()
    return bool(
        wanted.search or wanted.failure_kind or wanted.source == SCHEDULED or wanted.ended_since or wanted.ended_until
    )


def _by_ids(store: Store, run_ids: Sequence[str], wanted: RunFilter, window: Window) -> Selection:
    passing = sorted(_passing(store, _created(store, list(run_ids)), replace(wanted, search=None)), reverse=True)
    return _of_all(passing, window)


def _beginning(store: Store, beginning: str, low: int, high: int, window: Window) -> list[str]:
    """Return the runs whose ids begin so. An id names its slot, or the creation: a run is created then or, if it was held, later.

    One that was held for longer than `HELD_AT_MOST_MS` is found by its whole id only.
    """
    most = window.walked_at_most
    found: Any = store.redis.zrangebyscore(store.keys.runs, low, high + HELD_AT_MOST_MS, start=0, num=most)
    return [run_id for run_id in found if run_id.startswith(beginning)]


def _of_all(passing: list[Place], window: Window) -> Selection:
    """Return the page of a list that is at hand whole, newest first."""
    after = window.after
    rest = [place for place in passing if after is None or (place > after if window.newer else place < after)]
    return Selection(window.cut(rest[::-1] if window.newer else rest), len(passing))


def _by_index(store: Store, index: str, wanted: RunFilter, window: Window) -> Selection:
    within = span(wanted)
    if window.cursor:
        total = store.redis.zcount(index, within.low, within.high)
        batches = walk(store, index, within, window.after, newer=window.newer)
        walked = (place for batch in batches for place in batch)
        return Selection(window.cut(list(islice(walked, window.offset + window.limit + 1))), total)
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.zcount(index, within.low, within.high)
    pipeline.zrevrangebyscore(index, within.high, within.low, window.offset, window.limit + 1, withscores=True)
    total, found = pipeline.execute()
    return Selection(tuple(Place(int(score), run_id) for run_id, score in found), total)


def _smallest(store: Store, named: list[str], wanted: RunFilter) -> str:
    within = span(wanted)
    pipeline = store.redis.pipeline(transaction=False)
    for index in named:
        pipeline.zcount(index, within.low, within.high)
    return min(zip(pipeline.execute(), named, strict=True))[1]


def _by_walk(store: Store, index: str, wanted: RunFilter, window: Window) -> Selection:
    """Walk from the cursor; towards newer runs as far as the page needs, so that only what is before it is counted."""
    passing: list[Place] = []
    walked, most = 0, window.walked_at_most
    for batch in walk(store, index, span(wanted), window.after, newer=window.newer):
        looked_at = batch[: most - walked]
        passing.extend(_passing(store, looked_at, wanted))
        walked += len(looked_at)
        if window.newer and len(passing) > window.limit:
            break
        if walked >= most:
            reached = None if window.newer else looked_at[-1]
            return Selection(window.cut(passing), window.before + len(passing), False, reached)
    return Selection(window.cut(passing), window.before if window.newer else window.before + len(passing))


def _by_state(store: Store, wanted: RunFilter, window: Window) -> Selection:
    """Active runs stand in no index by status; they are found where the protocol keeps them, and then sorted."""
    active = _active(store, wanted)
    looked_at, within = active[:WALKED_AT_MOST], span(wanted)
    passing: list[Place] = []
    for start in range(0, len(looked_at), READ_AT_ONCE):
        batch = _created(store, looked_at[start : start + READ_AT_ONCE])
        passing.extend(_passing(store, [place for place in batch if within.holds(place.at_ms)], wanted))
    found = _of_all(sorted(passing, reverse=True), window)
    return replace(found, complete=len(active) <= WALKED_AT_MOST)


def _active(store: Store, wanted: RunFilter) -> list[str]:
    """Return the active runs among which all wanted ones are, those that came last first where there is an order."""
    keys = store.keys
    if wanted.job_id or wanted.flow_group:
        group = keys.active_of_job(wanted.job_id) if wanted.job_id else keys.active_of_flow(wanted.flow_group or "")
        members: Any = store.redis.smembers(group)
        return sorted(members, reverse=True)
    places = {
        RunStatus.QUEUED: [keys.pending(priority) for priority in PRIORITIES],
        RunStatus.RUNNING: [keys.leases],
        RunStatus.RETRYING: [keys.retries],
        RunStatus.WAITING_APPROVAL: [keys.waiting_runs],
    }
    pipeline = store.redis.pipeline(transaction=False)
    for place in places.get(wanted.status, []) if wanted.status else []:
        pipeline.zrevrange(place, 0, WALKED_AT_MOST)
    return sorted((run_id for found in pipeline.execute() for run_id in found), reverse=True)


def _created(store: Store, run_ids: list[str]) -> list[Place]:
    pipeline = store.redis.pipeline(transaction=False)
    for run_id in run_ids:
        pipeline.zscore(store.keys.runs, run_id)
    scores = zip(run_ids, pipeline.execute(), strict=True)
    return [Place(int(score), run_id) for run_id, score in scores if score is not None]


def _passing(store: Store, places: list[Place], wanted: RunFilter) -> Iterator[Place]:
    compared = _compared(wanted)
    if not compared:
        yield from places
        return
    pipeline = store.redis.pipeline(transaction=False)
    for place in places:
        pipeline.hmget(store.keys.run(place.run_id), compared)
    for place, found in zip(places, pipeline.execute(), strict=True):
        if _passes(place.run_id, dict(zip(compared, found, strict=True)), wanted):
            yield place


def _compared(wanted: RunFilter) -> list[str]:
    """Return the fields that a walk must read of each run."""
    asked = {
        "job_id": wanted.job_id or wanted.search,
        "status": wanted.status,
        "source": wanted.source,
        "flow_group": wanted.flow_group,
        "error": wanted.search,
        "failure_kind": wanted.failure_kind,
        "failure_group": wanted.failure,
        "created_at": wanted.creations != EVER,
        "finished_at": wanted.ends != EVER,
    }
    return [name for name, needed in asked.items() if needed]


def _passes(run_id: str, fields: Mapping[str, str | None], wanted: RunFilter) -> bool:
    """Say whether a run passes; `fields` has those that the filter compares."""
    return (
        wanted.job_id in (None, fields.get("job_id"))
        and wanted.status in (None, fields.get("status"))
        and wanted.source in (None, fields.get("source"))
        and wanted.flow_group in (None, fields.get("flow_group"))
        and wanted.failure_kind in (None, fields.get("failure_kind"))
        and wanted.failure in (None, fields.get("failure_group"))
        and (wanted.creations == EVER or wanted.creations.holds(_moment(fields["created_at"])))
        and (wanted.ends == EVER or wanted.ends.holds(_moment(fields["finished_at"])))
        and (not wanted.search or _contains(run_id, fields, wanted.search.casefold()))
    )


def _moment(text: str | None) -> float:
    """Return a stored time; what is none is within no span."""
    return float(text) if text and text.isdecimal() else math.nan


def _contains(run_id: str, fields: Mapping[str, str | None], text: str) -> bool:
    words = (run_id, fields["job_id"], plain_text(fields["error"]))
    return any(text in (word or "").casefold() for word in words)


def plain_text(stored: str | None) -> str | None:
    """Return an error as people read it; the scripts keep it as JSON text."""
    try:
        return str(json.loads(stored)) if stored else None
    except ValueError:
        return stored
