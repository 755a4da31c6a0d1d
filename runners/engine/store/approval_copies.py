"""Approvals as the writes that make them again elsewhere; see `copies.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runners.engine.approval import approval_name
from runners.engine.store.connection import Store
from runners.engine.store.writes import Write, fields_of, hmset, placing


def run_writes(store: Store, run_id: str, run: Mapping[str, str]) -> list[Write]:
    """Return the writes that make what a run asked for, `run` being its record as it will be there.

    A pending approval goes on only with a run that waits for it; with any other it is void.
    """
    numbers = range(1, int(run.get("asks") or 0) + 1)
    names = [approval_name(run_id, number) for number in numbers]
    return [write for name in names for write in _approval_writes(store, name, run["status"] == "waiting_approval")]


def job_writes(store: Store, job_id: str) -> Iterator[Write]:
    """Yield the writes that make what was asked for the job itself, and the index of what it was granted."""
    keys = store.keys
    if store.redis.exists(keys.grants(job_id)):
        yield ("ZADD", keys.granted_jobs, "0", job_id)
    names: Any = store.redis.zrange(keys.approvals_of(job_id), 0, -1)
    for name in names:
        if store.redis.hget(keys.approval(name), "kind") == "grant":
            yield from _approval_writes(store, name, True)


def _approval_writes(store: Store, approval_id: str, waits: bool) -> Iterator[Write]:
    keys = store.keys
    fields = fields_of(store, keys.approval(approval_id))
    if not fields:
        return
    if fields["status"] == "pending" and not waits:
        fields["status"] = "void"
    yield hmset(keys.approval(approval_id), fields)
    for key in (keys.all_approvals, keys.approvals_of(fields["job_id"]), keys.approvals_in(fields["status"])):
        yield ("ZADD", key, fields["created_at"], approval_id)
    if fields["status"] != "pending":
        return
    yield ("SADD", keys.approvals(fields["job_id"]), approval_id)
    for key in (keys.approval_deadlines, keys.approval_reminders):
        yield from placing(store, key, approval_id)
