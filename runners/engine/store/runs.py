"""Reading runs: one, some, a page of them, or all of a stretch of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from runners.engine import clock
from runners.engine.run import TERMINAL, Run, RunStatus, at
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES
from runners.engine.store.page import Page
from runners.engine.store.run_index import Cursor, Place, RunFilter, read_cursor, span, walk
from runners.engine.store.run_selection import Selection, Window, select

READ_AT_ONCE = 500
# fmt: off
IN_LISTS = (
    "job_id", "job_type", "job_version", "status", "attempt", "attempts", "source", "slot_at", "created_at",
    "scheduled_at", "started_at", "finished_at", "expires_at", "priority", "flow_group", "timeout_ms", "max_retry",
    "worker_id", "actor", "trace_id", "redelivered", "cancel_requested", "result", "failure_kind", "progress",
    "approval_id", "decide_by", "asks", "failure_group",
)
# fmt: on
"""Fields that lists read: all but the inputs, which may be 256 KiB a run."""


def load_run(store: Store, run_id: str) -> Run | None:
    """Return the run, or None when there is none. Raises KeyError or ValueError on a broken record."""
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.hgetall(store.keys.run(run_id))
    pipeline.zscore(store.keys.retries, run_id)
    pipeline.hgetall(store.keys.tracebacks(run_id))
    fields, retry_at, tracebacks = pipeline.execute()
    if not fields:
        return None
    run = _read(run_id, fields, retry_at)
    return run.with_tracebacks(tracebacks) if tracebacks else run


def load_runs(store: Store, run_ids: Iterable[str], *, full: bool = False) -> dict[str, Run]:
    """Return the runs that exist and can be read, by id, in the order asked for; one round trip for 500.

    Without `full` the runs come without their inputs.
    """
    found: dict[str, Run] = {}
    wanted = iter(run_ids)
    while batch := list(islice(wanted, READ_AT_ONCE)):
        found.update(_readable(store, batch, full))
    return found


def list_runs(
    store: Store,
    wanted: RunFilter,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
    *,
    full: bool = False,
    among: int | None = None,
) -> Page[Run]:
    """Return a page of the runs that pass the filter, newest first.

    At most three round trips when one index answers, and then `total` is exact: any one of job, flow group, status
    and source (but `schedule`), with or without times. Other filters walk the smallest index that they name, at most
    `among` entries from the cursor on (None: `page.WALKED_AT_MOST`), and may answer an incomplete page. Raises
    Malformed on a cursor that is not one of ours. A run that has left the wanted state since it was found is not shown.
    """
    window = Window(limit, offset, read_cursor(cursor) if cursor else None, among)
    selection = select(store, wanted, window)
    shown = selection.places[-limit:] if window.newer else selection.places[:limit]
    found = load_runs(store, (place.run_id for place in shown), full=full)
    newer, older = _neighbours(window, selection, shown)
    return Page(
        rows=tuple(run for run in found.values() if wanted.status in (None, run.status)),
        total=selection.total,
        next_cursor=older.encode() if older else None,
        complete=selection.complete,
        unreadable=tuple(place.run_id for place in shown if place.run_id not in found),
        newer_cursor=newer.encode() if newer else None,
        searched_to=clock.from_ms(selection.reached.at_ms) if selection.reached else None,
    )


def _neighbours(window: Window, selection: Selection, shown: Sequence[Place]) -> tuple[Cursor | None, Cursor | None]:
    """Return where the pages with newer and with older runs begin; None where the list ends.

    An incomplete search goes on where it stopped looking.
    """
    more, cursor = len(selection.places) > window.limit, window.cursor
    if cursor and window.newer:
        before = max(0, cursor.before - len(shown))
        older = Cursor(shown[-1], before + len(shown)) if shown else None
        return (Cursor(shown[0], before, newer=True) if more else None), older
    before = window.before + window.offset
    newer = Cursor(shown[0], before, newer=True) if shown and before else None
    if more:
        return newer, Cursor(shown[-1], before + window.limit)
    return newer, Cursor(selection.reached, selection.total) if selection.reached else None


def count_runs(store: Store) -> dict[RunStatus | None, int]:
    """Return how many runs are in each state, and in all under None; one round trip, whatever there is."""
    keys = store.keys
    places: dict[RunStatus | None, str] = {
        RunStatus.RUNNING: keys.leases,
        RunStatus.RETRYING: keys.retries,
        RunStatus.WAITING_APPROVAL: keys.waiting_runs,
        None: keys.runs,
    }
    places |= {status: keys.runs_of("status", status) for status in TERMINAL}
    pipeline = store.redis.pipeline(transaction=False)
    for key in (*places.values(), *map(keys.pending, PRIORITIES)):
        pipeline.zcard(key)
    counts = pipeline.execute()
    return dict(zip(places, counts, strict=False)) | {RunStatus.QUEUED: sum(counts[len(places) :])}


def history_begins_at(store: Store) -> datetime | None:
    """Return when the oldest ended run that is kept was created, None when there is none."""
    pipeline = store.redis.pipeline(transaction=False)
    for status in sorted(TERMINAL):
        pipeline.zrange(store.keys.runs_of("status", status), 0, 0, withscores=True)
    return min((clock.from_ms(int(found[0][1])) for found in pipeline.execute() if found), default=None)


def runs_in(store: Store, start: datetime, end: datetime) -> Iterator[Run]:
    """Yield every run created from `start` to before `end`, newest first, without inputs; broken records are left out."""
    for places in walk(store, store.keys.runs, span(RunFilter(since=start, until=end))):
        yield from load_runs(store, (place.run_id for place in places)).values()


def _readable(store: Store, run_ids: list[str], full: bool) -> dict[str, Run]:
    found = {}
    for run_id, fields, retry_at in _records(store, run_ids, full):
        try:
            found[run_id] = _read(run_id, fields, retry_at)
        except (KeyError, ValueError):
            continue
    return found


def _records(store: Store, run_ids: list[str], full: bool) -> Iterator[tuple[str, Mapping[str, str], float | None]]:
    pipeline = store.redis.pipeline(transaction=False)
    for run_id in run_ids:
        key = store.keys.run(run_id)
        pipeline.hgetall(key) if full else pipeline.hmget(key, IN_LISTS)
        pipeline.zscore(store.keys.retries, run_id)
    answers = iter(pipeline.execute())
    for run_id, found, retry_at in zip(run_ids, answers, answers, strict=True):
        yield run_id, found if full else _present(found), retry_at


def _present(values: Iterable[str | None]) -> dict[str, str]:
    return {name: value for name, value in zip(IN_LISTS, values, strict=True) if value is not None}


def _read(run_id: str, fields: Mapping[str, str], retry_at: float | None) -> Run:
    waits = fields["status"] == RunStatus.RETRYING and retry_at is not None
    return Run.from_hash(run_id, fields, at(int(retry_at)) if waits and retry_at is not None else None)
