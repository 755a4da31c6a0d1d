"""Which jobs pass a filter, and in which order they are listed: by indexes alone, in one round trip, without reading a job."""

from __future__ import annotations

import json
import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Any

from runners.engine.agents.sharing import memory_key
from runners.engine.crowding import when
from runners.engine.job import JobSpec
from runners.engine.run import RunStatus
from runners.engine.store.connection import Store
from runners.engine.store.keys import LANES
from runners.engine.store.page import names_behind

SUMMARIES_KEPT = 20_000
RANKS = {RunStatus.SUCCESS: 1, RunStatus.CANCELLED: 2, RunStatus.FAILED: 3}
"""How ends are told apart in `keys.outcomes`."""
RANK = 10**13
"""More than any time in ms; a rank and a time are exact in a double."""
NO_LANE = "~"
"""Stands where a job names no flow group, behind all names that one may have."""
Place = tuple[str, str]
"""Where a job stands among the lanes: its flow group, and its id."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs to list; None lets all pass. `search` is literal, in id, type and tags, in any case.

    `paused` is about the job's own pause, not one of its flow group or priority. `held`: a guard holds its slot now.
    `failing`: its last run failed.
    """

    search: str | None = None
    enabled: bool | None = None
    type: str | None = None
    flow_group: str | None = None
    tag: str | None = None
    paused: bool | None = None
    held: bool | None = None
    failing: bool | None = None

    def to_json(self) -> dict[str, str]:
        """Return what it filters by, under the names and in the spellings of the API."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        told = {name: value for name, value in given.items() if value is not None}
        return {name: str(value).lower() if isinstance(value, bool) else value for name, value in told.items()}

    @property
    def needs_summaries(self) -> bool:
        """Say whether it asks for what only the jobs' summaries tell."""
        return (self.search, self.enabled, self.type, self.flow_group, self.tag) != (None, None, None, None, None)


class Order(StrEnum):
    """How jobs are listed: by id; failing ones first, then held, then paused ones; by when they are looked at next; or by how
    their last run ended: failed, cancelled, succeeded, not at all, the latest end of each first.
    """

    NAME = "name"
    ATTENTION = "attention"
    NEXT = "next"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class _Entry:
    """What `keys.jobs_index` says of one job; `words` are all that a search looks at, in one case."""

    enabled: bool
    type: str
    flow_group: str | None
    tags: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the indexes say: every job by id with its entry (None: not asked for, or unreadable), and who stands where."""

    jobs: Mapping[str, _Entry | None]
    paused: frozenset[str]
    held: Mapping[str, int]
    failing: Mapping[str, int]
    ranks: Mapping[str, float]


def outcome_score(status: RunStatus, at_ms: int) -> int:
    """Return how a job stands in `keys.outcomes` whose last run ended like that, then; the scripts say the same."""
    return RANKS[status] * RANK + at_ms


def summary(spec: JobSpec, enabled: bool) -> str:
    """Return what lists filter by, when the job is due, and whose memory its agent uses, as `keys.jobs_index` keeps it."""
    timing = when(spec.schedule, spec.job_id, spec.controls.jitter)
    agent_key = memory_key(spec.type, spec.inputs, spec.job_id)
    told = [enabled, spec.type, spec.controls.flow_group, list(spec.tags), timing]
    return json.dumps(told + [agent_key] * (agent_key is not None), separators=(",", ":"))


def selected(
    store: Store,
    wanted: JobFilter,
    limit: int = sys.maxsize,
    offset: int = 0,
    after: str | None = None,
    order: Order = Order.NAME,
) -> tuple[list[str], int]:
    """Return the ids of `limit` jobs that pass, and how many do; one round trip. `after` is an id, of lists by name."""
    if wanted == JobFilter() and order is Order.NAME:
        return _window(store, limit, offset, after)
    found = _read(store, wanted, order)
    ids = sorted(_passing(found, wanted))
    if order is not Order.NAME:
        ids.sort(key=_ranks(found, order).__getitem__)
    first = offset + (bisect_right(ids, after) if after else 0)
    return ids[first : first + limit], len(ids)


def in_lanes(store: Store, wanted: JobFilter, limit: int, offset: int, after: Place | None) -> tuple[list[Place], int]:
    """Return the places of `limit` jobs that pass, by flow group and then by id, and how many do; one round trip.

    Jobs of no group come last, as those of `NO_LANE`. `after` is a place.
    """
    found = _read(store, replace(wanted, search=wanted.search or ""), Order.NAME)
    places = sorted((_lane(found.jobs[job_id]), job_id) for job_id in _passing(found, wanted))
    first = offset + (bisect_right(places, after) if after else 0)
    return places[first : first + limit], len(places)


def _lane(entry: _Entry | None) -> str:
    return (entry.flow_group if entry else None) or NO_LANE


def _window(store: Store, limit: int, offset: int, after: str | None) -> tuple[list[str], int]:
    pipeline = store.redis.pipeline(transaction=False)
    count = -1 if limit == sys.maxsize else limit
    pipeline.zrangebylex(store.keys.jobs, *names_behind(after), start=offset, num=count)
    pipeline.zcard(store.keys.jobs)
    ids, total = pipeline.execute()
    return ids, total


def _read(store: Store, wanted: JobFilter, order: Order) -> _Found:
    keys, by_attention = store.keys, order is Order.ATTENTION
    pipeline = store.redis.pipeline(transaction=False)
    if wanted.needs_summaries:
        pipeline.hgetall(keys.jobs_index)
    else:
        pipeline.zrange(_smallest(store, wanted), 0, -1)
    asked = {
        keys.paused_of("jobs"): by_attention or wanted.paused is not None,
        keys.held: by_attention or wanted.held is not None,
        keys.failing: by_attention or wanted.failing is not None,
    }
    for key, needed in asked.items():
        if needed:
            pipeline.zrange(key, 0, -1, withscores=True)
    for key in _ranking(store, order):
        pipeline.zrange(key, 0, -1, withscores=True)
    first, *rest = pipeline.execute()
    answers: Any = iter(rest)
    paused, held, failing = ([*next(answers)] if needed else [] for needed in asked.values())
    entries = (
        {job_id: _entry(text) for job_id, text in first.items()} if isinstance(first, dict) else dict.fromkeys(first)
    )
    return _Found(
        jobs=entries,
        paused=frozenset(job_id for job_id, _ in paused),
        held={job_id: place for place, (job_id, _) in enumerate(held)},
        failing={job_id: int(count) for job_id, count in failing},
        ranks=dict(chain.from_iterable(answers)),
    )


def _ranking(store: Store, order: Order) -> list[str]:
    """Return the keys of the indexes that alone say how jobs are ordered; none where it takes more than a number."""
    keys = store.keys
    return {Order.NEXT: [keys.due(lane) for lane in LANES], Order.OUTCOME: [keys.outcomes]}.get(order, [])


def _smallest(store: Store, wanted: JobFilter) -> str:
    """Return the key of the smallest index that has all jobs that may pass."""
    keys = store.keys
    named = ((wanted.failing, keys.failing), (wanted.held, keys.held), (wanted.paused, keys.paused_of("jobs")))
    return next((key for asked, key in named if asked), keys.jobs)


def _passing(found: _Found, wanted: JobFilter) -> Iterable[str]:
    text, reads = wanted.search.casefold() if wanted.search else "", wanted.needs_summaries
    standing = ((wanted.paused, found.paused), (wanted.held, found.held), (wanted.failing, found.failing))
    places = [(asked, there) for asked, there in standing if asked is not None]
    for job_id, entry in found.jobs.items():
        if reads and not (entry and _passes(job_id, entry, wanted, text)):
            continue
        if not places or all((job_id in there) is asked for asked, there in places):
            yield job_id


def _passes(job_id: str, entry: _Entry, wanted: JobFilter, text: str) -> bool:
    return (
        wanted.enabled in (None, entry.enabled)
        and wanted.type in (None, entry.type)
        and wanted.flow_group in (None, entry.flow_group)
        and (wanted.tag is None or wanted.tag in entry.tags)
        and (not text or text in job_id.casefold() or any(text in word for word in entry.words))
    )


def _ranks(found: _Found, order: Order) -> dict[str, tuple[float, ...]]:
    """Return what each job is ordered by; those alike stay in the order of their ids."""
    match order:
        case Order.NEXT:
            return {job_id: (found.ranks.get(job_id, float("inf")),) for job_id in found.jobs}
        case Order.OUTCOME:
            return {job_id: (-found.ranks.get(job_id, 0),) for job_id in found.jobs}
    return {job_id: _attention(found, job_id) for job_id in found.jobs}


def _attention(found: _Found, job_id: str) -> tuple[float, ...]:
    if job_id in found.failing:
        return (0, -found.failing[job_id])
    if job_id in found.held:
        return (1, found.held[job_id])
    return (2 if job_id in found.paused else 3, 0)


@lru_cache(maxsize=SUMMARIES_KEPT)
def _entry(text: str) -> _Entry | None:
    """Read a summary, also one of an older version; many jobs share one."""
    try:
        enabled, job_type, flow_group, tags, *_ = json.loads(text)
        named = tuple(map(str, tags))
        words = tuple(word.casefold() for word in (str(job_type), *named))
        return _Entry(bool(enabled), str(job_type), flow_group, named, words)
    except (ValueError, TypeError, RecursionError):
        return None
