"""A job's versions: what its spec was, what changed from one to the next, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from runners.engine.errors import Conflict, NotFound
from runners.engine.job import JobSpec, validate
from runners.engine.job.difference import Difference, differences
from runners.engine.operations.discretion import discreet_change, discreet_spec, page_seen_by, seen_by
from runners.engine.operations.existing import existing_job, existing_record
from runners.engine.operations.handlers import usable_catalog
from runners.engine.operations.jobs import TRIES, Saved, refuse_past, refuse_stale
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import define
from runners.engine.protocol.change import Change
from runners.engine.store import versions
from runners.engine.store.connection import Store
from runners.engine.store.page import Page
from runners.engine.store.versions import Version


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version, and what it changed; None when nothing is kept that it could be compared with."""

    version: Version
    changes: tuple[Difference, ...] | None


@operation(Role.VIEWER)
def job_versions(
    platform: Platform, actor: Actor, job_id: str, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[VersionView]:
    """Return a page of the job's versions, newest first; the last 100 are kept. Raises NotFound."""
    existing_record(platform.store, job_id)
    page = versions.list_versions(platform.store, job_id, limit, offset, cursor)
    views = Page(tuple(map(_view, page.rows)), page.total, page.next_cursor, unreadable=page.unreadable)
    return page_seen_by(actor, views, _discreet)


@operation(Role.VIEWER)
def job_version(platform: Platform, actor: Actor, job_id: str, version: int) -> JobSpec:
    """Return the spec that the job had at `version`. Raises NotFound, and Unreadable on a broken record."""
    existing_record(platform.store, job_id)
    return seen_by(actor, _kept(platform.store, job_id, version), discreet_spec)


@operation(Role.ADMIN)
def roll_back(
    platform: Platform, actor: Actor, job_id: str, version: int, expected_version: int | None = None
) -> Saved:
    """Give the job the spec that it had at `version`, as a new version, and leave its enabled flag as it is.

    That spec is checked as one that is sent now. Raises NotFound, Invalid with every problem, Unreadable, and Stale
    when the job is not of `expected_version`.
    """
    store = platform.store
    for _ in range(TRIES):
        before = existing_job(store, job_id)
        refuse_stale(job_id, before, create_only=False, expected_version=expected_version)
        spec = _kept(store, job_id, version)
        spec = validate(spec.to_json(), usable_catalog(platform, [spec.to_json()]))
        refuse_past(spec, before, store.now())
        if not Change(spec, before.enabled, before).changed_fields:
            return Saved("unchanged", before)
        by = actor.author(f"rollback to version {version}")
        if define.roll_back(store, spec, before, by, store.now()).word == "ok":
            return Saved("updated", existing_job(store, job_id))
    raise Conflict(f"job '{job_id}' keeps being changed by others; try again")


def _kept(store: Store, job_id: str, version: int) -> JobSpec:
    spec = versions.load_version(store, job_id, version)
    if spec is None:
        raise NotFound(f"version {version} of job '{job_id}' is not kept; the last 100 are")
    return spec


def _view(version: Version) -> VersionView:
    before = version.predecessor
    return VersionView(version, differences(before.to_json(), version.spec.to_json()) if before else None)


def _discreet(view: VersionView) -> VersionView:
    version = replace(view.version, spec=discreet_spec(view.version.spec))
    return VersionView(version, None if view.changes is None else tuple(map(discreet_change, view.changes)))
