"""Jobs, own limits of flow groups and accounts out and in: export them, and import an export or a backup, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from runners.engine.audit import Author
from runners.engine.catalog import Catalog
from runners.engine.errors import Conflict, Forbidden, Invalid, Problem
from runners.engine.job import Job, JobSpec, validate
from runners.engine.job.difference import Difference, differences
from runners.engine.operations.account_import import AccountChange, account_changes
from runners.engine.operations.accounts import export_accounts
from runners.engine.operations.discretion import discreet_spec, seen_by
from runners.engine.operations.document import EXPORT, VERSION, Document, read_document
from runners.engine.operations.handlers import usable_catalog
from runners.engine.operations.jobs import TRIES
from runners.engine.operations.loosening import refuse_loosening
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol.change import Change
from runners.engine.protocol.restoring import Limit, Restoring, restore
from runners.engine.store import flow_groups
from runners.engine.store.connection import Store
from runners.engine.store.failure_memory import to_fields
from runners.engine.store.job_index import JobFilter
from runners.engine.store.jobs import Broken, ids_of, load_jobs, load_records

ALL = JobFilter()


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What an import does to one job: `changed` names the fields of an update, `enabled` among them, `diff` all values."""

    job_id: str
    action: Literal["create", "update", "unchanged"]
    changed: tuple[str, ...] = ()
    diff: tuple[Difference, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or would do if it is not `applied`: a row per job, and how many memories it put back.

    `limits` are the own limits of flow groups, 0 for none, `accounts` those that the document names. `unreadable` are the
    jobs and accounts that the document says it lacks, because whoever made it could not read them.
    """

    rows: tuple[ImportRow, ...]
    memories: int
    applied: bool
    limits: tuple[Limit, ...] = ()
    accounts: tuple[AccountChange, ...] = ()
    unreadable: tuple[str, ...] = ()


@operation(Role.VIEWER)
def export_document(platform: Platform, actor: Actor, wanted: JobFilter = ALL) -> dict[str, Any]:
    """Return all that `import_jobs` puts back: jobs, own limits of flow groups, accounts without their secrets.

    Under a filter: the jobs that pass, the groups that they name, and no accounts. `unreadable` names, as `job:…`, what is
    there and should be in it, and cannot be read; as `account:…` too. Secrets that stand in clear in the inputs of jobs are
    there for operators; a viewer's export has masks in their place.
    """
    ids = ids_of(platform.store, wanted)
    found = load_jobs(platform.store, ids)
    specs = [seen_by(actor, job.spec, discreet_spec).to_json() for job in found.values()]
    jobs = [spec | {"enabled": job.enabled} for spec, job in zip(specs, found.values(), strict=True)]
    accounts, broken = export_accounts(platform) if wanted == ALL else ([], [])
    limits = flow_groups.own_limits(platform.store)
    if wanted != ALL:
        named = {job["inputs"].get("flow_group") for job in jobs}
        limits = {name: limit for name, limit in limits.items() if name in named}
    return {
        "format": EXPORT,
        "version": VERSION,
        "jobs": jobs,
        "flow_groups": [{"flow_group": name, "limit": limit} for name, limit in limits.items()],
        "accounts": accounts,
        "unreadable": [f"job:{name}" for name in _still_there(platform.store, ids, found)] + broken,
    }


def _still_there(store: Store, ids: Iterable[str], found: Mapping[str, Job]) -> Iterator[str]:
    """Yield the ids of jobs that were not found; one that was deleted in between is none of them."""
    return (job_id for job_id in ids if job_id not in found and store.redis.exists(store.keys.job(job_id)))


@operation(Role.OPERATOR)
def import_jobs(platform: Platform, actor: Actor, raws: object, dry_run: bool = False) -> ImportResult:
    """Create or replace what an export, a backup or a list of specs names; everything else stays as it is.

    A spec without `enabled` keeps the flag of the job that it replaces, an account its secrets. Everything is checked
    first, and then saved in one step. Raises Invalid with the problems of all, Malformed when it is none of the three,
    and Forbidden when somebody who is no admin brings accounts, or takes approvals away.
    """
    return take_in(platform, actor, raws, dry_run, "import")


def take_in(platform: Platform, actor: Actor, raws: object, dry_run: bool, note: str) -> ImportResult:
    """Do what `import_jobs` says, as part of whatever the actor does; `note` stands in the versions."""
    document = read_document(raws, platform.store.now())
    if document.accounts and not actor.role.covers(Role.ADMIN):
        raise Forbidden(f"'{actor.name}' is {actor.role}; to import accounts needs {Role.ADMIN}")
    specs = _validated(document, usable_catalog(platform, document.jobs))
    for _ in range(TRIES):
        befores = load_records(platform.store, (spec.job_id for spec in specs))
        for spec in specs:
            refuse_loosening(actor, spec, befores.get(spec.job_id))
        changes = _changes(document, specs, befores)
        limits = _limits(platform.store, document)
        accounts = account_changes(platform, actor, document.accounts)
        rows = tuple(_row(change) for change in changes)
        if dry_run or _apply(platform.store, document, changes, limits, accounts, actor.author(note)):
            return ImportResult(rows, len(document.memories), not dry_run, limits, accounts, document.unreadable)
    raise Conflict("what is imported keeps being changed by others; import again")


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


def _changes(document: Document, specs: list[JobSpec], befores: Mapping[str, Job | Broken]) -> list[Change]:
    return [
        Change.of(spec, _enabled(raw, spec, befores.get(spec.job_id)), befores.get(spec.job_id))
        for raw, spec in zip(document.jobs, specs, strict=True)
    ]


def _enabled(raw: Mapping[str, Any], spec: JobSpec, before: Job | Broken | None) -> bool:
    return before.enabled if before and "enabled" not in raw else spec.enabled


def _limits(store: Store, document: Document) -> tuple[Limit, ...]:
    known = flow_groups.own_limits(store)
    return tuple(Limit(name, known.get(name, 0), limit) for name, limit in document.limits.items())


def _row(change: Change) -> ImportRow:
    if change.before is None:
        return ImportRow(change.spec.job_id, "update" if change.replaced else "create")
    switched = ("enabled",) if change.enabled != change.before.enabled else ()
    changed = change.changed_fields + switched
    old = change.before.spec.to_json() | {"enabled": change.before.enabled}
    diff = differences(old, change.spec.to_json() | {"enabled": change.enabled}) if changed else ()
    return ImportRow(change.spec.job_id, "update" if changed else "unchanged", changed, diff)


def _apply(
    store: Store,
    document: Document,
    changes: list[Change],
    limits: tuple[Limit, ...],
    accounts: tuple[AccountChange, ...],
    author: Author,
) -> bool:
    """Save what differs; return False, with nothing saved, when something has changed since it was read."""
    restoring = Restoring(
        jobs=[change for change in changes if _row(change).action != "unchanged"],
        memories={job_id: to_fields(memory) for job_id, memory in document.memories.items()},
        limits=[limit for limit in limits if limit.before != limit.after],
        records=[change.put for change in accounts if change.put],
        events=[change.said for change in accounts if change.put],
    )
    return restore(store, restoring, author, store.now()) == "ok"
