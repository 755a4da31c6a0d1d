"""Bulk operations on jobs: see what one would come to, job by job, and begin exactly that; schedulers do it bit by bit."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runners.engine.bulk import MOST, Action, Bulk
from runners.engine.errors import Conflict, CountDiffers, Forbidden
from runners.engine.job_bulk import Does, Fate, Wish, judge, lost, refuse_unfit
from runners.engine.operations.bulk import LISTED, existing_bulk, new_id, taken_back
from runners.engine.operations.job_situations import situations
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import bulk as protocol
from runners.engine.protocol.bulk import Beginning
from runners.engine.store import bulks, jobs
from runners.engine.store.job_index import JobFilter

EVERY_JOB = JobFilter()


@dataclass(frozen=True, slots=True)
class Selection:
    """Which jobs: those of `named` (id to the version that was seen, None for the present one), or all that pass `wanted`."""

    named: Mapping[str, int | None] | None = None
    wanted: JobFilter = EVERY_JOB


@dataclass(frozen=True, slots=True)
class Plan:
    """What a wish comes to for every job of a selection. `digest` names exactly these jobs at these versions."""

    fates: tuple[Fate, ...]
    digest: str

    @property
    def counts(self) -> Mapping[Does, int]:
        """How many jobs are changed, are so already, and are refused."""
        return Counter(fate.does for fate in self.fates)


@operation(Role.OPERATOR)
def preview_job_bulk(platform: Platform, actor: Actor, wish: Wish, selection: Selection) -> Plan:
    """Return what would become of each job, in the order of ids; nothing is changed.

    Raises Invalid for a tag that cannot be, Forbidden when somebody who is no admin would delete, Conflict for too many.
    """
    chosen = _chosen(platform, actor, wish, selection)
    fates: list[Fate] = []
    for part in _parts(list(chosen.items())):
        found = jobs.load_jobs(platform.store, part)
        known = situations(platform, wish, found.values())
        there = jobs.versions_of(platform.store, part.keys() - found.keys())
        fates += (
            judge(wish, found[job_id], version, known[job_id])
            if job_id in known
            else lost(job_id, version, there=job_id in there or job_id in found)
            for job_id, version in part.items()
        )
    return Plan(tuple(fates), _digest(chosen))


@operation(Role.OPERATOR)
def begin_job_bulk(
    platform: Platform,
    actor: Actor,
    wish: Wish,
    selection: Selection,
    expected: int,
    digest: str | None = None,
    idempotency_key: str | None = None,
) -> Bulk:
    """Begin to do it to exactly the jobs that are selected now, at their present versions; schedulers do it bit by bit.

    A job that somebody changes meanwhile is left alone, and named. Raises as `preview_job_bulk` does, CountDiffers when
    other than `expected` jobs are selected, and Conflict when `digest` is given and a job is another than it was there.
    """
    store, bulk_id = platform.store, new_id(actor, idempotency_key)
    fields: dict[str, str | int] = {
        "action": str(wish.action),
        "filter": json.dumps(_said(selection)),
        "total": expected,
    }
    fields |= {"tag": wish.tag, "cancels": int(wish.cancels)}
    known = bulks.load_bulk(store, bulk_id)
    if known is None:
        chosen = _chosen(platform, actor, wish, selection)
        if len(chosen) != expected:
            raise CountDiffers(f"{len(chosen)} jobs are selected now, not {expected}; nothing was done", len(chosen))
        if digest is not None and digest != _digest(chosen):
            raise Conflict("a job was changed since you looked; nothing was done; look again")
        subjects = [f"{job_id}@{version}" for job_id, version in chosen.items()]
        about = fields | {"actor": actor.name, "trace_id": actor.request_id or bulk_id}
        protocol.begin(store, Beginning(bulk_id, about, subjects, "job"), actor.author())
        known = existing_bulk(store, bulk_id)
    same = (known.action, known.filter, known.total, known.tag, known.cancels)
    if same != (wish.action, _said(selection), expected, wish.tag, wish.cancels):
        raise Conflict("this Idempotency-Key began another bulk operation; take a new key")
    return known


@operation(Role.OPERATOR)
def undo_job_bulk(platform: Platform, actor: Actor, bulk_id: str) -> Bulk:
    """Take back what was done to jobs, once, within a day: of each that is still as the operation left it.

    One that somebody has changed since is left alone, and named; jobs whose turn has not come stay as they are. Raises
    NotFound, and Conflict for runs that were made and jobs that are deleted.
    """
    bulk = existing_bulk(platform.store, bulk_id, on_jobs=True)
    if bulk.action.opposite is None:
        raise Conflict(f"bulk operation '{bulk_id}' made runs or deleted jobs, so it cannot be undone")
    return taken_back(platform.store, actor, bulk)


@operation(Role.VIEWER)
def get_job_bulk(platform: Platform, actor: Actor, bulk_id: str) -> Bulk:
    """Return the operation on jobs as it stands. Raises NotFound."""
    return existing_bulk(platform.store, bulk_id, on_jobs=True)


@operation(Role.VIEWER)
def list_job_bulks(platform: Platform, actor: Actor) -> list[Bulk]:
    """Return the newest operations on jobs, of the newest 50; they are kept for a day behind their end."""
    return [bulk for bulk in bulks.list_bulks(platform.store, LISTED) if bulk.action.on_jobs]


def _said(selection: Selection) -> dict[str, str]:
    if selection.named is None:
        return selection.wanted.to_json()
    names = hashlib.sha256("\n".join(sorted(selection.named)).encode()).hexdigest()
    return {"jobs": names[:16]}


def _chosen(platform: Platform, actor: Actor, wish: Wish, selection: Selection) -> dict[str, str]:
    """Return the versions of the selected jobs as they are stored, '' for one that is not there, in the order of ids."""
    refuse_unfit(wish)
    if wish.action is Action.DELETE and not actor.role.covers(Role.ADMIN):
        raise Forbidden(f"'{actor.name}' is {actor.role}, and may not delete jobs; that needs {Role.ADMIN}")
    named = selection.named
    ids = jobs.ids_of(platform.store, selection.wanted) if named is None else sorted(named)
    if len(ids) > MOST:
        raise Conflict(f"{len(ids)} jobs are selected, and one operation takes {MOST} at most; narrow the filter")
    seen = {job_id: str(version) for job_id, version in (named or {}).items() if version is not None}
    present = jobs.versions_of(platform.store, [job_id for job_id in ids if job_id not in seen])
    return {job_id: seen.get(job_id) or present.get(job_id, "") for job_id in ids}


def _parts(chosen: list[tuple[str, str]]) -> Iterable[dict[str, str]]:
    for start in range(0, len(chosen), jobs.READ_AT_ONCE):
        yield dict(chosen[start : start + jobs.READ_AT_ONCE])


def _digest(chosen: Mapping[str, str]) -> str:
    text = "\n".join(f"{job_id}@{version}" for job_id, version in sorted(chosen.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
