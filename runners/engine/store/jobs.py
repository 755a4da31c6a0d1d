"""Reading jobs: one, some, or a page of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from runners.engine import pause
from runners.engine.errors import Unreadable
from runners.engine.guards import GUARDS, Hold
from runners.engine.job import Held, Job, JobSpec, spec_from_json
from runners.engine.run import RunStatus, at
from runners.engine.store import job_index
from runners.engine.store.connection import Store
from runners.engine.store.hashes import read_hashes
from runners.engine.store.job_index import JobFilter, Order
from runners.engine.store.page import Page, cursor_after, name_before, names_behind
from runners.engine.store.reads import Reads

READ_AT_ONCE = 500
SPECS_KEPT = 10_000
GUARD_NAMES = frozenset(guard.__name__ for guard in GUARDS)


@dataclass(frozen=True, slots=True)
class Broken:
    """A job whose record cannot be read, and why; what is left of it is enough to replace or to delete it.

    `version` stands as it is stored, '' when there is none.
    """

    job_id: str
    version: str
    enabled: bool
    fault: str


def load_job(store: Store, job_id: str) -> Job | None:
    """Return the job, or None when there is none. Raises Unreadable on a broken record."""
    found = load_record(store, job_id)
    if isinstance(found, Broken):
        fault = f"its record cannot be read ({found.fault})"
        raise Unreadable(f"job '{job_id}': {fault}; save it again or delete it")
    return found


def load_record(store: Store, job_id: str) -> Job | Broken | None:
    """Return the job, what is left of a broken one, or None when there is none."""
    fields: Any = store.redis.hgetall(store.keys.job(job_id))
    return _record(job_id, fields) if fields else None


def load_records(store: Store, job_ids: Iterable[str]) -> dict[str, Job | Broken]:
    """Return the jobs that exist, and what is left of broken ones, by id; one round trip for 500."""
    wanted = list(job_ids)
    found: dict[str, Job | Broken] = {}
    for start in range(0, len(wanted), READ_AT_ONCE):
        batch = wanted[start : start + READ_AT_ONCE]
        found |= {
            name: _record(name, fields) for name, fields in zip(batch, _hashes(store, batch), strict=True) if fields
        }
    return found


def _record(job_id: str, fields: Mapping[str, str]) -> Job | Broken:
    try:
        return read_job(fields)
    except KeyError as error:
        fault = f"no field {error}"
    except ValueError as error:
        fault = str(error).partition("\n")[0]
    return Broken(job_id, fields.get("version", ""), fields.get("enabled") == "1", fault)


def load_jobs(store: Store, job_ids: Iterable[str]) -> dict[str, Job]:
    """Return the jobs that exist and can be read, by id, in the order asked for; one round trip for 500."""
    wanted = list(job_ids)
    found: dict[str, Job] = {}
    for start in range(0, len(wanted), READ_AT_ONCE):
        batch = wanted[start : start + READ_AT_ONCE]
        found.update(_readable(batch, _hashes(store, batch)))
    return found


def list_jobs(
    store: Store,
    wanted: JobFilter,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
    order: Order = Order.NAME,
) -> Page[Job]:
    """Return a page of the jobs that pass the filter; two round trips.

    `cursor` is an earlier page's `next_cursor`, of a list by name, and `offset` counts from there. Raises Malformed when
    it is none.
    """
    ids, total = job_index.selected(store, wanted, limit + 1, offset, name_before(cursor), order)
    shown = ids[:limit]
    found = load_jobs(store, shown)
    unreadable = tuple(job_id for job_id in shown if job_id not in found)
    next_cursor = cursor_after(shown[-1]) if len(ids) > limit and order is Order.NAME else None
    return Page(tuple(found.values()), total, next_cursor, unreadable=unreadable)


def list_by_lane(store: Store, wanted: JobFilter, limit: int, offset: int = 0, cursor: str | None = None) -> Page[Job]:
    """Return a page of the jobs that pass the filter, by flow group and then by id; two round trips. Raises Malformed."""
    lane, _, name = (name_before(cursor) or "").partition("/")
    places, total = job_index.in_lanes(store, wanted, limit + 1, offset, (lane, name) if cursor else None)
    shown = [job_id for _, job_id in places[:limit]]
    found = load_jobs(store, shown)
    unreadable = tuple(job_id for job_id in shown if job_id not in found)
    next_cursor = cursor_after("/".join(places[limit - 1])) if len(places) > limit else None
    return Page(tuple(found.values()), total, next_cursor, unreadable=unreadable)


def ids_beginning(store: Store, begins: str, limit: int) -> list[str]:
    """Return the first ids that begin like that, in their order; one round trip, however many jobs there are."""
    found: Any = store.redis.zrangebylex(store.keys.jobs, *names_behind(None, begins), start=0, num=limit)
    return list(found)


def all_ids(store: Store) -> list[str]:
    """Return the ids of all jobs, in order."""
    found: Any = store.redis.zrange(store.keys.jobs, 0, -1)
    return list(found)


def ids_of(store: Store, wanted: JobFilter) -> list[str]:
    """Return the ids of all jobs that pass the filter, in order."""
    return job_index.selected(store, wanted)[0]


def versions_of(store: Store, job_ids: Iterable[str]) -> dict[str, str]:
    """Return the versions, as they are stored, of the jobs that exist; one round trip for 500."""
    wanted = list(job_ids)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), READ_AT_ONCE):
        batch, reads = wanted[start : start + READ_AT_ONCE], Reads(store)
        for job_id in batch:
            reads.hget(store.keys.job(job_id), "version")
        found |= {job_id: str(version) for job_id, version in zip(batch, reads.execute(), strict=True) if version}
    return found


def read_job(fields: Mapping[str, str]) -> Job:
    """Read a job hash (`keys.py`). Raises KeyError or ValueError on a broken record."""
    created, updated, anchor = at(fields["created_at"]), at(fields["updated_at"]), at(fields["anchor_at"])
    if created is None or updated is None or anchor is None:
        raise ValueError("job record without its times")
    return Job(
        spec=_spec(fields["spec"]),
        version=int(fields["version"]),
        incarnation=int(fields["incarnation"]),
        enabled=fields["enabled"] == "1",
        created_at=created,
        updated_at=updated,
        anchor_at=anchor,
        next_slot_at=at(fields.get("next_slot")),
        held=_held(fields),
        last_run_id=fields.get("last_run_id") or None,
        last_status=_status(fields.get("last_status")),
        last_finished_at=at(fields.get("last_finished_at")),
        paused=pause.decode(pause.JOB, fields.get("paused")),
    )


@lru_cache(maxsize=SPECS_KEPT)
def _spec(text: str) -> JobSpec:
    """Read a stored spec; schedulers read the same ones in every tick, and specs are frozen."""
    try:
        stored = json.loads(text)
    except RecursionError:
        raise ValueError("spec is nested too deeply") from None
    if not isinstance(stored, dict):
        raise ValueError("spec is no JSON object")
    return spec_from_json(stored)


def _status(text: str | None) -> RunStatus | None:
    """Return how the last run ended; None before the first, and for a word that is no status."""
    try:
        return RunStatus(text or "")
    except ValueError:
        return None


def _held(fields: Mapping[str, str]) -> Held | None:
    slot, since = at(fields.get("held_slot")), at(fields.get("held_since"))
    if slot is None or since is None or fields.get("held_guard") not in GUARD_NAMES:
        return None
    blockers = tuple(name for name in fields.get("held_by", "").split(",") if name)
    hold = Hold(
        guard=fields["held_guard"],
        observed=int(fields.get("held_observed") or 0),
        limit=int(fields.get("held_limit") or 0),
        blocked_by=blockers,
        blocked_count=int(fields.get("held_count") or 0),
        until=at(fields.get("held_until")),
        pause=pause.decode(blockers[0], fields.get("held_pause")) if blockers else None,
    )
    return Held(slot_at=slot, since=since, hold=hold, seen=fields.get("held_seen", ""))


def _hashes(store: Store, job_ids: Iterable[str]) -> list[dict[str, str]]:
    pipeline = Reads(store)
    for job_id in job_ids:
        pipeline.hgetall(store.keys.job(job_id))
    return read_hashes(pipeline)


def _readable(job_ids: Iterable[str], hashes: Iterable[dict[str, str]]) -> dict[str, Job]:
    found = {}
    for job_id, fields in zip(job_ids, hashes, strict=True):
        try:
            found[job_id] = read_job(fields)
        except (KeyError, ValueError):
            continue
    return found
