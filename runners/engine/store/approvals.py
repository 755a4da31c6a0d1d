"""Reading approvals: one, or a page of them, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from runners.engine.approval import Approval, ApprovalStatus, approval_name
from runners.engine.run import Run
from runners.engine.store import runs
from runners.engine.store.connection import Store
from runners.engine.store.hashes import read_hashes
from runners.engine.store.page import Page
from runners.engine.store.run_index import EVER, Cursor, Place, read_cursor, walk


@dataclass(frozen=True, slots=True)
class Shown:
    """An approval with all that it binds. `run` is None for a grant; `inputs` is JSON as the run's record keeps it."""

    approval: Approval
    run: Run | None
    inputs: str


def load_approval(store: Store, approval_id: str) -> Shown | None:
    """Return the approval with its run, or None when there is none. Raises KeyError or ValueError on a broken record."""
    fields: Any = store.redis.hgetall(store.keys.approval(approval_id))
    if not fields:
        return None
    approval = Approval.from_hash(approval_id, fields)
    if approval.run_id is None:
        return Shown(approval, None, "")
    run = runs.load_run(store, approval.run_id)
    return Shown(approval, run, str(store.redis.hget(store.keys.run(approval.run_id), "inputs") or ""))


def load_approvals(store: Store, approval_ids: Iterable[str]) -> dict[str, Approval]:
    """Return the approvals that exist and can be read, in the order asked for; one round trip."""
    names = list(approval_ids)
    pipeline = store.redis.pipeline(transaction=False)
    for name in names:
        pipeline.hgetall(store.keys.approval(name))
    found = {}
    for name, fields in zip(names, read_hashes(pipeline), strict=True):
        try:
            found[name] = Approval.from_hash(name, fields)
        except (KeyError, ValueError):
            continue
    return found


def approvals_of_run(store: Store, run: Run) -> tuple[Approval, ...]:
    """Return what a run asked for so far, oldest first."""
    names = [approval_name(run.run_id, number) for number in range(1, run.asks + 1)]
    return tuple(load_approvals(store, names).values())


def list_approvals(
    store: Store, status: ApprovalStatus | None, job_id: str | None, limit: int, offset: int, cursor: str | None
) -> Page[Approval]:
    """Return a page, newest first. Status and job together walk the job's own list. Raises Malformed on a bad cursor."""
    begin = read_cursor(cursor) if cursor else None
    after, before = (begin.place, begin.before) if begin else (None, 0)
    both = status is not None and job_id is not None
    index = _index(store, status, job_id)
    places = (place for batch in walk(store, index, EVER, after) for place in batch)
    if both and status:
        passing = list(_in_status(store, places, status))
        total, shown = before + len(passing), passing[offset : offset + limit + 1]
    else:
        total, shown = store.redis.zcard(index), list(islice(places, offset, offset + limit + 1))
    rows, more = shown[:limit], len(shown) > limit
    found = load_approvals(store, (place.run_id for place in rows))
    return Page(
        rows=tuple(found.values()),
        total=total,
        next_cursor=Cursor(rows[-1], before + offset + limit).encode() if more else None,
        unreadable=tuple(place.run_id for place in rows if place.run_id not in found),
    )


def _index(store: Store, status: ApprovalStatus | None, job_id: str | None) -> str:
    if job_id is not None:
        return store.keys.approvals_of(job_id)
    return store.keys.approvals_in(status) if status else store.keys.all_approvals


def _in_status(store: Store, places: Iterable[Place], status: ApprovalStatus) -> Iterator[Place]:
    rest = iter(places)
    while batch := list(islice(rest, 500)):
        pipeline = store.redis.pipeline(transaction=False)
        for place in batch:
            pipeline.zscore(store.keys.approvals_in(status), place.run_id)
        yield from (place for place, score in zip(batch, pipeline.execute(), strict=True) if score is not None)
