"""Reading what was granted: of one job, for a run of it, or of all."""

from __future__ import annotations

from typing import Any

from runners.engine.grant import Grant, from_store
from runners.engine.store.connection import Store


def grants_of(store: Store, job_id: str) -> list[Grant]:
    """Return the job's grants, those that are over too; a record that cannot be read grants nothing."""
    kept: Any = store.redis.hgetall(store.keys.grants(job_id))
    found = []
    for grant_id, text in kept.items():
        try:
            found.append(from_store(grant_id, job_id, text))
        except (KeyError, TypeError, ValueError):
            continue
    return sorted(found, key=lambda grant: (grant.granted_at, grant.grant_id))


def in_force(store: Store, job_id: str) -> list[tuple[str, str]]:
    """Return capability and value of each grant of the job that holds now."""
    now = store.now()
    return [(grant.capability, grant.value) for grant in grants_of(store, job_id) if grant.holds(now)]


def all_grants(store: Store) -> list[Grant]:
    """Return every grant; there are as many as people have decided on."""
    jobs: Any = store.redis.zrange(store.keys.granted_jobs, 0, -1)
    return [grant for job_id in jobs for grant in grants_of(store, job_id)]
