"""Reading failures by what they have in common: how many, since when, in which versions of the job.

A group is never read run by run: sorted sets count. Groups that failed last come first, and at most `GROUPS_READ` of a window
are looked at; of one job all are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from runners.engine import clock
from runners.engine.clock import to_ms
from runners.engine.run import FailureKind
from runners.engine.store.connection import Store

GROUPS_READ = 500
PARTS = 24
"""Equal parts of a window, each with a count of its own."""
EXAMPLES = 3


class FailureOrder(StrEnum):
    """What comes first: the group with the most failures, or the one that failed last."""

    COUNT = "count"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class FailureFilter:
    """Which failures: those that ended from `since` to before `until`; None lets all pass."""

    since: datetime
    until: datetime
    job_id: str | None = None
    failure_kind: FailureKind | None = None


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failures of one job that are alike, and what a window of time holds of them.

    `line` is that of `failure.like`. `first_at` and `last_at` are within the window, `known_since` is the first of all that
    are kept. `versions` failed so since the window began, `since_version` is the first that ever did. `parts` counts them
    in equal parts of the window; `run_ids` are the newest.
    """

    group: str
    job_id: str
    kind: str
    line: str
    known_since: datetime
    count: int
    first_at: datetime | None = None
    last_at: datetime | None = None
    versions: tuple[int, ...] = ()
    since_version: int | None = None
    run_ids: tuple[str, ...] = ()
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Failures:
    """The groups of a page, of `groups` in all with `count` failures; unless `complete`, those of the newest groups only."""

    rows: tuple[FailureGroup, ...]
    groups: int
    count: int
    complete: bool


def list_failures(store: Store, wanted: FailureFilter, order: FailureOrder, limit: int, offset: int = 0) -> Failures:
    """Return a page of the groups that have failures in the window; three round trips, however many runs there are."""
    names, complete = _named(store, wanted)
    found = [group for group in _counted(store, names, wanted) if group.count]
    kept = [group for group in found if wanted.failure_kind in (None, group.kind)]
    if order is FailureOrder.COUNT:
        kept.sort(key=lambda group: -group.count)
    rows = _detailed(store, kept[offset : offset + limit], wanted)
    return Failures(tuple(rows), len(kept), sum(group.count for group in kept), complete)


def load_failure(store: Store, group: str, since: datetime, until: datetime) -> FailureGroup | None:
    """Return what a window holds of one group, None when there is no such group; two round trips."""
    wanted = FailureFilter(since, until)
    return next(_detailed(store, list(_counted(store, [group], wanted)), wanted), None)


def _named(store: Store, wanted: FailureFilter) -> tuple[list[str], bool]:
    """Return the groups that may have failures in the window, those that failed last first."""
    keys, since = store.keys, to_ms(wanted.since)
    if wanted.job_id is None:
        found: Any = store.redis.zrevrangebyscore(keys.failures, "+inf", since, start=0, num=GROUPS_READ + 1)
        return found[:GROUPS_READ], len(found) <= GROUPS_READ
    of_job: Any = store.redis.hvals(keys.failures_of(wanted.job_id))
    return sorted(of_job, key=_number, reverse=True), True


def _counted(store: Store, names: Sequence[str], wanted: FailureFilter) -> Iterator[FailureGroup]:
    """Yield the groups that can be read, each with its count."""
    pipeline = store.redis.pipeline(transaction=False)
    for name in names:
        pipeline.hmget(store.keys.failure(name), "job_id", "kind", "line", "first_at")
        pipeline.zcount(store.keys.failure_runs(name), to_ms(wanted.since), to_ms(wanted.until) - 1)
    answers = iter(pipeline.execute(raise_on_error=False))
    for name, about, count in zip(names, answers, answers, strict=True):
        if isinstance(about, list) and isinstance(count, int) and (about[3] or "").isdecimal():
            job_id, kind, line, first = about
            yield FailureGroup(name, job_id or "", kind or "", line or "", clock.from_ms(int(first)), count)


def _detailed(store: Store, groups: Sequence[FailureGroup], wanted: FailureFilter) -> Iterator[FailureGroup]:
    low, high = to_ms(wanted.since), to_ms(wanted.until) - 1
    bounds = list(_parts(low, high))
    pipeline = store.redis.pipeline(transaction=False)
    for group in groups:
        runs, versions = store.keys.failure_runs(group.group), store.keys.failure_versions(group.group)
        pipeline.zrangebyscore(runs, low, high, start=0, num=1, withscores=True)
        pipeline.zrevrangebyscore(runs, high, low, start=0, num=EXAMPLES, withscores=True)
        pipeline.zrange(versions, 0, -1, withscores=True)
        for start, end in bounds:
            pipeline.zcount(runs, start, end)
    answers = iter(pipeline.execute())
    for group in groups:
        first, newest, versions = next(answers), next(answers), next(answers)
        counts = tuple(next(answers) for _ in bounds)
        yield replace(group, **_of_window(first, newest, versions, low), parts=counts)


def _of_window(first: Any, newest: Any, versions: Any, low: int) -> dict[str, Any]:
    ever = sorted(_number(name) for name, _ in versions)
    return {
        "first_at": clock.from_ms(int(first[0][1])) if first else None,
        "last_at": clock.from_ms(int(newest[0][1])) if newest else None,
        "versions": tuple(sorted(_number(name) for name, score in versions if score >= low)),
        "since_version": ever[0] if ever else None,
        "run_ids": tuple(run_id for run_id, _ in newest),
    }


def _parts(low: int, high: int) -> Iterable[tuple[int, int]]:
    """Cut a window into equal parts, both ends of each included."""
    marks = [low + (high + 1 - low) * part // PARTS for part in range(PARTS + 1)]
    return ((start, end - 1) for start, end in pairwise(marks))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
