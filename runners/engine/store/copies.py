"""What a store has, as the writes that make it again elsewhere: for the hand-over from memory to a server (design §5.3).

Everything is read while nothing else changes the store. Values are text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from runners.engine.automation.spec import TYPE as AGENT
from runners.engine.failure import like
from runners.engine.run import FailureKind, RunStatus
from runners.engine.store import approval_copies
from runners.engine.store.connection import Store
from runners.engine.store.flow_groups import OWN
from runners.engine.store.keys import LANES, PRIORITIES
from runners.engine.store.run_selection import plain_text
from runners.engine.store.unremembered import Mark
from runners.engine.store.writes import AT_ONCE, Write, again, fields_of, hmset, number, placing

OF_ACTIVE = frozenset(
    {
        *("message_id", "backoff_sec", "on_worker_lost", "threshold", "cooldown_ms", "cooldown_max_ms", "memory"),
        *("approvers", "quorum", "approval_id", "decide_by", "expires_ms", "remembered"),
    }
)
"""Fields that an ended run has no more; `_run.lua` takes the same away."""
ACTIVE = ("queued", "retrying", "waiting_approval")
"""States in which a run can go on elsewhere, once its worker has given it back."""


def job_writes(store: Store, job_id: str) -> list[Write]:
    """Return the writes that make the job with its schedule, history and memory; its runs are apart."""
    keys, redis = store.keys, store.redis
    fields = fields_of(store, keys.job(job_id))
    lane = LANES[0] if fields.get("priority") == PRIORITIES[0] else LANES[1]
    due = redis.zscore(keys.due(lane), job_id)
    names = (keys.versions, keys.memory, keys.ledger, keys.strip, keys.durations, keys.grants)
    kept = [name(job_id) for name in names]
    writes = [*again(store, keys.job(job_id)), *chain.from_iterable(again(store, key) for key in kept)]
    writes += [("ZADD", keys.jobs, "0", job_id), ("ZREM", keys.gone_jobs, job_id)]
    writes += approval_copies.job_writes(store, job_id)
    flow = fields.get("flow_group", "")
    if flow:
        writes += [("SADD", keys.flow_members(flow), job_id), ("ZADD", keys.flows, "0", flow)]
    if fields.get("enabled") == "1" and (due is not None or fields.get("next_slot") or fields.get("held_slot")):
        # a job that waited for its blocker is looked at anew: what holds it there may not hold it here
        writes.append(("ZADD", keys.due(lane), number(due or 0), job_id))
    for key in (keys.held, keys.failing, keys.outcomes, keys.paused_of("jobs"), keys.flow_limits(flow)):
        writes += placing(store, key, job_id)
    for key, word in (
        (keys.jobs_index, "HSET"),
        (keys.ledgers_dropped, "HSET"),
        (keys.last_versions, "HSETMAX"),
        (keys.incarnations, "HSETMAX"),
    ):
        value: Any = redis.hget(key, job_id)
        writes += [(word, key, job_id, value)] if value is not None else []
    return writes


def gone_writes(store: Store, job_id: str) -> list[Write]:
    """Return the writes that make what a deleted job has left, until retention clears it away."""
    keys = store.keys
    left = (keys.versions, keys.memory, keys.ledger, keys.strip, keys.durations)
    return [*chain.from_iterable(again(store, key(job_id)) for key in left)]


def settings_writes(store: Store) -> list[Write]:
    """Return the writes that add what people set beside jobs: pauses, and the limits of flow groups."""
    keys, redis = store.keys, store.redis
    suspended, ends_in = redis.get(keys.suspended), redis.pttl(keys.suspended)
    writes: list[Write] = []
    if suspended is not None:
        until = ("PX", str(ends_in)) if int(ends_in) > 0 else ()
        writes = [("SET", keys.suspended, str(suspended), "NX", *until)]
    paused: Any = redis.hgetall(keys.paused)
    for blocker, pause in paused.items():
        kind, _, name = blocker.partition(":")
        writes += [("HSETNX", keys.paused, blocker, pause)] if kind not in ("drain", "stop") else []
        if kind == "flow":
            writes += [
                ("ZADD", keys.paused_of("flows"), pause.partition("|")[0], name),
                ("ZADD", keys.flows, "0", name),
            ]
    groups: Any = redis.zrange(keys.flows, 0, -1)
    for group in groups:
        limit: Any = redis.zscore(keys.flow_limits(group), OWN)
        if limit is not None:
            writes += [
                ("ZADD", keys.flow_limits(group), "NX", number(limit), OWN),
                ("ZADD", keys.flows, "0", group),
            ]
    return writes


def run_writes(store: Store, run_id: str, changes: Mapping[str, str]) -> list[Write]:
    """Return the writes that make the run in its state, with `changes` to its record, which end it; without a message."""
    keys = store.keys
    run = {**fields_of(store, keys.run(run_id)), "message_id": "", **changes}
    run.pop("failure_group", None)
    if run["status"] not in ACTIVE:
        run = {name: value for name, value in run.items() if name not in OF_ACTIVE}
    created = run["created_at"]
    writes = [hmset(keys.run(run_id), run), ("ZADD", keys.runs, created, run_id)]
    indexes = [("job", run["job_id"])]
    indexes += [("flow", run["flow_group"])] if run.get("flow_group") else []
    indexes += [("source", run["source"])] if run.get("source") != "schedule" else []
    indexes += [("status", run["status"])] if run["status"] not in ACTIVE else []
    writes += [("ZADD", keys.runs_of(index, value), created, run_id) for index, value in indexes]
    for key in (keys.tracebacks(run_id), keys.log(run_id), keys.steps(run_id)):
        writes += again(store, key)
    writes += approval_copies.run_writes(store, run_id, run)
    writes += [*placing(store, keys.logs, run_id), *placing(store, keys.poison, run_id)]
    if changes and run["job_type"] == AGENT:
        writes.append(("ZADD", keys.unremembered, run["finished_at"], Mark(run_id, int(run["attempt"]), "lost").text))
    if run["status"] in ACTIVE:
        return [*writes, *again(store, keys.talk(run_id)), *_active_writes(store, run_id, run)]
    writes += [_failure(run_id, run)] if run["status"] == RunStatus.FAILED else []
    return [*writes, ("HINCRBY", keys.metrics, f"runs|{run['job_type']}|{run['status']}", "1")]


def lost(error: str, now_ms: int) -> dict[str, str]:
    """Return the changes to the record of a run that cannot go on elsewhere: it ends as lost."""
    result = {"success": False, "output": None, "error": error, "duration_ms": None}
    ended = {"status": "failed", "failure_kind": "lost", "finished_at": str(now_ms)}
    return {**ended, "error": json.dumps(error), "result": json.dumps(result)}


def _failure(run_id: str, run: Mapping[str, str]) -> Write:
    """Return the write that puts a failed run among those that are like it; see `adopt`."""
    kind = FailureKind(run.get("failure_kind") or FailureKind.ERROR)
    line = like(kind, plain_text(run.get("error")))
    return ("FAILURE", run_id, run["job_id"], kind, line, run["job_version"], run["finished_at"])


def _active_writes(store: Store, run_id: str, run: Mapping[str, str]) -> Iterator[Write]:
    """Yield the writes that give an active run its places, its RQ job, and its turn."""
    keys = store.keys
    yield ("SADD", keys.active_of_job(run["job_id"]), run_id)
    if run.get("flow_group"):
        yield ("SADD", keys.active_of_flow(run["flow_group"]), run_id)
    yield from again(store, f"rq:job:{run_id}")
    for key in (keys.pending(run["priority"]), keys.retries, keys.expiries, keys.waiting_runs):
        yield from placing(store, key, run_id)
    if pool := run.get("pool"):
        yield ("SADD", keys.pools, pool)
        yield from placing(store, keys.pending(run["priority"], pool), run_id)


def answer_keys(store: Store) -> list[str]:
    """Return the keys of the answers that repeated requests get again (Idempotency-Key)."""
    patterns = (store.keys.once("*"), store.keys.idempotency("*", "*"))
    return sorted(chain.from_iterable(store.redis.scan_iter(match=pattern, count=AT_ONCE) for pattern in patterns))
