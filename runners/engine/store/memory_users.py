"""Which jobs use which of the memories of agents, by the jobs' index: one round trip, however many jobs there are."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from runners.engine.agents.sharing import Sharing, memory_key
from runners.engine.job import JobSpec
from runners.engine.store.connection import Store
from runners.engine.store.job_index import SUMMARIES_KEPT


def users_of(store: Store, agent_keys: Collection[str]) -> dict[str, list[str]]:
    """Return the ids of the jobs that use each of these memories, in order; none for one that no job uses.

    A job that a version before this index saved is not among them until it is saved again.
    """
    index: Any = store.redis.hgetall(store.keys.jobs_index)
    found: dict[str, list[str]] = {agent_key: [] for agent_key in agent_keys}
    for job_id, text in index.items():
        if (key := _key_in(text)) in found:
            found[key].append(job_id)
    return {agent_key: sorted(job_ids) for agent_key, job_ids in found.items()}


def sharing(store: Store, spec: JobSpec) -> Sharing | None:
    """Return which memory the job shares with which others, saved or not; None when its agent has one of its own, or it has none."""
    key = memory_key(spec.type, spec.inputs, spec.job_id)
    others = [job_id for job_id in users_of(store, [key])[key] if job_id != spec.job_id] if key else []
    return Sharing(key, tuple(others)) if key and others else None


@lru_cache(maxsize=SUMMARIES_KEPT)
def _key_in(text: str) -> str:
    """Return the memory that a summary names; '' for a job without an agent, and for what cannot be read."""
    try:
        _, _, _, _, _, *agent_key = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return ""
    return str(agent_key[0]) if agent_key else ""
