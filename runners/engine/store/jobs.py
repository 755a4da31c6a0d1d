"""Reading jobs: one, some, or a page of all of them, in the order of their ids."""

from __future__ import annotations

import json
import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from runners.engine import pause
from runners.engine.crowding import when
from runners.engine.errors import Unreadable
from runners.engine.guards import GUARDS, Hold
from runners.engine.job import Held, Job, JobSpec, spec_from_json
from runners.engine.run import RunStatus, at
from runners.engine.store.connection import Store
from runners.engine.store.hashes import read_hashes
from runners.engine.store.page import Page, cursor_after, name_before
from runners.engine.store.reads import Reads

READ_AT_ONCE = 500
SPECS_KEPT = 10_000
GUARD_NAMES = frozenset(guard.__name__ for guard in GUARDS)


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs to list; None lets all pass. `search` is literal, in id, type and tags, in any case.

    `paused` is about the job's own pause, not one of its flow group or priority.
    """

    search: str | None = None
    enabled: bool | None = None
    type: str | None = None
    flow_group: str | None = None
    tag: str | None = None
    paused: bool | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """A job whose record cannot be read, and why; what is left of it is enough to replace or to delete it.

    `version` stands as it is stored, '' when there is none.
    """

    job_id: str
    version: str
    enabled: bool
    fault: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """What `keys.jobs_index` says of one job."""

    job_id: str
    enabled: bool
    type: str
    flow_group: str | None
    tags: tuple[str, ...]


def summary(spec: JobSpec, enabled: bool) -> str:
    """Return what lists filter by, and when the job is due, as `define` keeps it in `keys.jobs_index`."""
    timing = when(spec.schedule, spec.job_id, spec.controls.jitter)
    return json.dumps([enabled, spec.type, spec.controls.flow_group, list(spec.tags), timing], separators=(",", ":"))


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
    try:
        return read_job(fields) if fields else None
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


def list_jobs(store: Store, wanted: JobFilter, limit: int, offset: int = 0, cursor: str | None = None) -> Page[Job]:
    """Return a page of the jobs that pass the filter, in the order of their ids; two round trips.

    `cursor` is an earlier page's `next_cursor`, and `offset` counts from there. Raises Malformed when it is none.
    """
    after = name_before(cursor)
    if wanted == JobFilter():
        ids, total = _window(store, limit + 1, offset, after)
    else:
        ids, total = _filtered(store, wanted, limit + 1, offset, after)
    shown = ids[:limit]
    found = load_jobs(store, shown)
    unreadable = tuple(job_id for job_id in shown if job_id not in found)
    next_cursor = cursor_after(shown[-1]) if len(ids) > limit else None
    return Page(tuple(found.values()), total, next_cursor, unreadable=unreadable)


def all_ids(store: Store) -> list[str]:
    """Return the ids of all jobs, in order."""
    found: Any = store.redis.zrange(store.keys.jobs, 0, -1)
    return list(found)


def ids_of(store: Store, wanted: JobFilter) -> list[str]:
    """Return the ids of all jobs that pass the filter, in order."""
    return all_ids(store) if wanted == JobFilter() else _filtered(store, wanted, sys.maxsize, 0, None)[0]


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


def _window(store: Store, limit: int, offset: int, after: str | None) -> tuple[list[str], int]:
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.zrangebylex(store.keys.jobs, f"({after}" if after else "-", "+", start=offset, num=limit)
    pipeline.zcard(store.keys.jobs)
    ids, total = pipeline.execute()
    return ids, total


def _filtered(store: Store, wanted: JobFilter, limit: int, offset: int, after: str | None) -> tuple[list[str], int]:
    index: Any = store.redis.hgetall(store.keys.jobs_index)
    entries = (_entry(job_id, text) for job_id, text in index.items())
    ids = sorted(entry.job_id for entry in entries if entry and _passes(entry, wanted))
    if wanted.paused is not None:
        paused: Any = set(store.redis.zrange(store.keys.paused_of("jobs"), 0, -1))
        ids = [job_id for job_id in ids if (job_id in paused) is wanted.paused]
    first = offset + (bisect_right(ids, after) if after else 0)
    return ids[first : first + limit], len(ids)


def _entry(job_id: str, text: str) -> _Entry | None:
    try:
        enabled, job_type, flow_group, tags, *_ = json.loads(text)
        return _Entry(job_id, bool(enabled), str(job_type), flow_group, tuple(map(str, tags)))
    except (ValueError, TypeError, RecursionError):
        return None


def _passes(entry: _Entry, wanted: JobFilter) -> bool:
    return (
        wanted.enabled in (None, entry.enabled)
        and wanted.type in (None, entry.type)
        and wanted.flow_group in (None, entry.flow_group)
        and (wanted.tag is None or wanted.tag in entry.tags)
        and (wanted.search is None or _contains(entry, wanted.search.casefold()))
    )


def _contains(entry: _Entry, text: str) -> bool:
    return any(text in word.casefold() for word in (entry.job_id, entry.type, *entry.tags))
