"""Jobs: save, read, list, switch and delete them, and forget their failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from runners.engine.agents.sharing import Sharing
from runners.engine.clock import rfc3339
from runners.engine.errors import Conflict, Invalid, NotFound, Problem, Stale, Unreadable
from runners.engine.events import EventType
from runners.engine.job import Job, JobSpec, validate
from runners.engine.operations.discretion import discreet_job, page_seen_by, seen_by
from runners.engine.operations.existing import existing_job, existing_record
from runners.engine.operations.handlers import usable_catalog
from runners.engine.operations.loosening import refuse_loosening
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import define, work
from runners.engine.protocol.change import Change
from runners.engine.store import jobs
from runners.engine.store.connection import Store
from runners.engine.store.failure_memory import FailureMemory, load_memories, to_fields
from runners.engine.store.job_index import JobFilter, Order
from runners.engine.store.jobs import Broken
from runners.engine.store.memory_users import sharing
from runners.engine.store.page import Page
from runners.engine.store.strips import Strip, strips

TRIES = 5
"""How often a change begins anew when somebody else changed the job meanwhile."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving a job did, the job as it is now, and whose memory its agent shares; None for no others'."""

    status: Literal["created", "updated", "unchanged"]
    job: Job
    sharing: Sharing | None = None


@operation(Role.OPERATOR)
def save_job(
    platform: Platform,
    actor: Actor,
    raw: Mapping[str, Any],
    *,
    keep_enabled: bool = False,
    create_only: bool = False,
    expected_version: int | None = None,
) -> Saved:
    """Create the job that `raw` (a JSON object) states, or replace the one of that id.

    Without `enabled` in `raw` a job is enabled; with `keep_enabled` an existing one keeps its flag. Raises Invalid
    with every problem, and Stale when the job exists despite `create_only`, or is not of `expected_version`. A record
    that cannot be read is replaced whole. A time that is over is refused, unless it is the one that the job has already.
    Raises Forbidden when somebody who is no admin takes approvals away.
    """
    return saved(platform, actor, raw, None, keep_enabled, create_only, expected_version)


def saved(
    platform: Platform,
    actor: Actor,
    raw: Mapping[str, Any],
    said: EventType | None,
    keep_enabled: bool = False,
    create_only: bool = False,
    expected_version: int | None = None,
) -> Saved:
    """Do what `save_job` says, with the event `said` beside that of the job, in the same step."""
    spec = validate(raw, usable_catalog(platform, [raw]))
    for _ in range(TRIES):
        before = jobs.load_record(platform.store, spec.job_id)
        refuse_stale(spec.job_id, before, create_only, expected_version)
        refuse_past(spec, before, platform.store.now())
        refuse_loosening(actor, spec, before)
        kept = keep_enabled and before is not None and "enabled" not in raw
        done = _save(platform.store, spec, before.enabled if before and kept else spec.enabled, before, actor, said)
        if done:
            return replace(done, sharing=sharing(platform.store, spec))
    raise _contended(spec.job_id)


@operation(Role.VIEWER)
def get_job(platform: Platform, actor: Actor, job_id: str) -> Job:
    """Return the job. Raises NotFound and Unreadable."""
    return seen_by(actor, existing_job(platform.store, job_id), discreet_job)


@operation(Role.VIEWER)
def list_jobs(
    platform: Platform,
    actor: Actor,
    wanted: JobFilter,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
    order: Order = Order.NAME,
) -> Page[Job]:
    """Return a page of the jobs that pass the filter; cursors belong to lists by name."""
    page = jobs.list_jobs(platform.store, wanted, limit, offset, cursor, order)
    return page_seen_by(actor, page, discreet_job)


@operation(Role.VIEWER)
def jobs_beginning(platform: Platform, actor: Actor, begins: str, limit: int) -> list[str]:
    """Return the ids of the first jobs whose ids begin like that; the longer the beginning, the fewer."""
    return jobs.ids_beginning(platform.store, begins, limit)


@operation(Role.VIEWER)
def job_strips(platform: Platform, actor: Actor, job_ids: list[str]) -> dict[str, Strip]:
    """Return the heat strip of every job asked for; one of a job that never ran is empty."""
    return strips(platform.store, job_ids)


@operation(Role.ADMIN)
def delete_job(
    platform: Platform, actor: Actor, job_id: str, cancel: bool = False, expected_version: int | None = None
) -> None:
    """Delete the job; its runs and their history stay.

    Raises NotFound, Stale when the job is not of `expected_version`, and Conflict while runs are active. With `cancel`
    they are ended: those that wait at once, those that run as soon as their worker hears of it.
    """
    for _ in range(TRIES):
        job = existing_record(platform.store, job_id)
        refuse_stale(job_id, job, create_only=False, expected_version=expected_version)
        answer = define.delete(platform.store, job, actor.author(), cancel, platform.store.now())
        if answer.word == "busy":
            active = strips(platform.store, [job_id])[job_id].active_runs
            raise Conflict(f"job '{job_id}' has {len(active)} active run(s); cancel them with it, or wait")
        if answer.word == "ok":
            _cancel_active(platform.store, job_id, actor)
            return
    raise _contended(job_id)


@operation(Role.OPERATOR)
def set_enabled(
    platform: Platform, actor: Actor, job_id: str, enabled: bool, expected_version: int | None = None
) -> Job:
    """Enable or disable the job; it takes effect within one tick, in every process.

    Raises NotFound, and Stale when the job is not of `expected_version`.
    """
    store = platform.store
    for _ in range(TRIES):
        job = existing_job(store, job_id)
        refuse_stale(job_id, job, create_only=False, expected_version=expected_version)
        if job.enabled == enabled:
            return job
        define.set_enabled(store, job, enabled, actor.author(), store.now())
    raise _contended(job_id)


@operation(Role.VIEWER)
def memory(platform: Platform, actor: Actor, job_id: str) -> FailureMemory:
    """Return what is remembered of the job's failures. Raises NotFound and Unreadable."""
    existing_record(platform.store, job_id)
    found = load_memories(platform.store, [job_id])
    if job_id not in found:
        raise Unreadable(f"job '{job_id}': its failure memory cannot be read; reset the memory")
    return found[job_id]


@operation(Role.OPERATOR)
def reset_memory(platform: Platform, actor: Actor, job_id: str) -> None:
    """Forget the job's failures, and end its cooldown. Raises NotFound."""
    found = load_memories(platform.store, [job_id])
    before = to_fields(found[job_id]) if job_id in found else {"readable": False}
    if define.forgive(platform.store, job_id, actor.author(), before) == "gone":
        raise NotFound(f"job '{job_id}' does not exist")


def _save(
    store: Store, spec: JobSpec, enabled: bool, before: Job | Broken | None, actor: Actor, said: EventType | None
) -> Saved | None:
    """Return what was done, or None when the job changed since `before` was read."""
    if isinstance(before, Job) and before.enabled == enabled and not Change(spec, enabled, before).changed_fields:
        return Saved("unchanged", before)
    answer = define.save(store, spec, enabled, before, actor.author(), store.now(), said)
    if answer.word != "ok":
        return None
    return Saved("updated" if before else "created", existing_job(store, spec.job_id))


def refuse_past(spec: JobSpec, before: Job | Broken | None, now: datetime) -> None:
    """Raise Invalid for a time that is over, unless it is the one that the job has already."""
    known = before.spec.schedule if isinstance(before, Job) else None
    at = spec.schedule.at if spec.schedule else None
    if at is not None and at <= now and at != (known.at if known else None):
        fault = (
            f"at {rfc3339(at)} is over, so the job would never run; write a time ahead, or null to run it when asked"
        )
        raise Invalid([Problem(("schedule", "at"), fault, "past")])


def refuse_stale(job_id: str, before: Job | Broken | None, create_only: bool, expected_version: int | None) -> None:
    """Raise Stale when the job is not what whoever changes it believes."""
    if create_only and before:
        raise Stale(f"job '{job_id}' exists already; choose another id, or replace it")
    if expected_version is not None and (before is None or str(before.version) != str(expected_version)):
        found = f"is at version {before.version}" if before else "does not exist"
        raise Stale(f"job '{job_id}' {found}, not at version {expected_version}; read it again")


def _cancel_active(store: Store, job_id: str, actor: Actor) -> None:
    for run_id in strips(store, [job_id])[job_id].active_runs:
        work.cancel(store, run_id, actor.author())


def _contended(job_id: str) -> Conflict:
    return Conflict(f"job '{job_id}' keeps being changed by others; try again")
