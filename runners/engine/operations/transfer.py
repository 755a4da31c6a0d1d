"""Jobs out and in: export all of them, and import an export or a backup, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from runners.engine.catalog import Catalog
from runners.engine.errors import Conflict, Invalid, Problem
from runners.engine.job import Job, JobSpec, validate
from runners.engine.operations.document import Document, read_document
from runners.engine.operations.handlers import usable_catalog
from runners.engine.operations.jobs import TRIES
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol.change import Change
from runners.engine.protocol.define import restore
from runners.engine.store.connection import Store
from runners.engine.store.failure_memory import to_fields
from runners.engine.store.jobs import all_ids, load_jobs


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What an import does to one job; `changed` names the fields of an update, `enabled` among them."""

    job_id: str
    action: Literal["create", "update", "unchanged"]
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or would do if it is not `applied`: a row per job, and how many memories it put back."""

    rows: tuple[ImportRow, ...]
    memories: int
    applied: bool


@operation(Role.VIEWER)
def export_jobs(platform: Platform, actor: Actor) -> list[dict[str, Any]]:
    """Return the specs of all jobs as they are now, in the order of their ids; what `import_jobs` takes."""
    jobs = load_jobs(platform.store, all_ids(platform.store))
    return [job.spec.to_json() | {"enabled": job.enabled} for job in jobs.values()]


@operation(Role.OPERATOR)
def import_jobs(platform: Platform, actor: Actor, raws: object, dry_run: bool = False) -> ImportResult:
    """Create or replace the jobs of a list of specs, or of a backup with its failure memory; other jobs stay.

    A spec without `enabled` keeps the flag of the job that it replaces. Everything is checked first, and then saved
    in one step. Raises Invalid with the problems of all specs, Malformed when it is neither a list nor a backup.
    """
    document = read_document(raws, platform.store.now())
    specs = _validated(document, usable_catalog(platform, document.jobs))
    for _ in range(TRIES):
        changes = _changes(platform.store, document, specs)
        rows = tuple(_row(change) for change in changes)
        if dry_run:
            return ImportResult(rows, len(document.memories), applied=False)
        if _apply(platform.store, document, changes, actor):
            return ImportResult(rows, len(document.memories), applied=True)
    raise Conflict("the jobs keep being changed by others; import again")


def _validated(document: Document, catalog: Catalog) -> list[JobSpec]:
    specs: list[JobSpec] = []
    problems: list[Problem] = []
    for place, raw in enumerate(document.jobs):
        try:
            specs.append(validate(raw, catalog))
        except Invalid as error:
            problems += (_of_job(raw, problem).within(*document.place, place) for problem in error.problems)
    problems += (problem.within(*document.place) for problem in _doubled(document.jobs))
    if problems:
        raise Invalid(problems)
    return specs


def _of_job(raw: Mapping[str, Any], problem: Problem) -> Problem:
    """Return the problem with its job named: in a long file nobody counts to entry 37."""
    return replace(problem, msg=f"job '{str(raw.get('job_id'))[:128]}': {problem.msg}")


def _doubled(raws: tuple[Mapping[str, Any], ...]) -> Iterator[Problem]:
    first: dict[object, int] = {}
    for place, raw in enumerate(raws):
        job_id = str(raw.get("job_id"))
        if first.setdefault(job_id, place) != place:
            fault = f"job_id '{job_id[:128]}' is also that of entry {first[job_id]}; keep one of them"
            yield Problem((place, "job_id"), fault, "doubled")


def _changes(store: Store, document: Document, specs: list[JobSpec]) -> list[Change]:
    found = load_jobs(store, (spec.job_id for spec in specs))
    return [
        Change(spec, _enabled(raw, spec, found.get(spec.job_id)), found.get(spec.job_id))
        for raw, spec in zip(document.jobs, specs, strict=True)
    ]


def _enabled(raw: Mapping[str, Any], spec: JobSpec, before: Job | None) -> bool:
    return before.enabled if before and "enabled" not in raw else spec.enabled


def _row(change: Change) -> ImportRow:
    if change.before is None:
        return ImportRow(change.spec.job_id, "create")
    switched = ("enabled",) if change.enabled != change.before.enabled else ()
    changed = change.changed_fields + switched
    return ImportRow(change.spec.job_id, "update" if changed else "unchanged", changed)


def _apply(store: Store, document: Document, changes: list[Change], actor: Actor) -> bool:
    """Save what differs; return False, with nothing saved, when a job has changed since it was read."""
    differing = [change for change in changes if _row(change).action != "unchanged"]
    memories = {job_id: to_fields(memory) for job_id, memory in document.memories.items()}
    return restore(store, differing, memories, actor.author("import"), store.now()) == "ok"
