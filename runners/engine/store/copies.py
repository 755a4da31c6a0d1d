"""What a store has, as the writes that make it again elsewhere: for the hand-over from memory to a server (design §5.3).

Everything is read while nothing else changes the store. Values are text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from runners.engine.store import approval_copies
from runners.engine.store.connection import Store
from runners.engine.store.keys import LANES, PRIORITIES

Write = tuple[str, ...]
AT_ONCE = 500
"""Members of one write; Lua unpacks no more than some thousands."""
OWN_LIMIT = ":group"
ACTIVE = ("queued", "retrying", "waiting_approval")
"""States in which a run can go on elsewhere, once its worker has given it back."""


def job_writes(store: Store, job_id: str) -> list[Write]:
    """Return the writes that make the job with its schedule, history and memory; its runs are apart."""
    keys, redis = store.keys, store.redis
    fields = _hash(store, keys.job(job_id))
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
    if fields.get("enabled") == "1":
        # a job that waited for its blocker is looked at anew: what holds it there may not hold it here
        writes.append(("ZADD", keys.due(lane), _number(due or 0), job_id))
    for key in (keys.held, keys.failing, keys.paused_of("jobs"), keys.flow_limits(flow)):
        score: Any = redis.zscore(key, job_id)
        writes += [("ZADD", key, _number(score), job_id)] if score is not None else []
    for key, word in (
        (keys.jobs_index, "HSET"),
        (keys.ledgers_dropped, "HSET"),
        (keys.last_versions, "HSETMAX"),
        (keys.incarnations, "HSETMAX"),
    ):
        value: Any = redis.hget(key, job_id)
        writes += [(word, key, job_id, value)] if value is not None else []
    return writes


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
        writes += [("HSETNX", keys.paused, blocker, pause)] if kind != "drain" else []
        if kind == "flow":
            writes += [
                ("ZADD", keys.paused_of("flows"), pause.partition("|")[0], name),
                ("ZADD", keys.flows, "0", name),
            ]
    groups: Any = redis.zrange(keys.flows, 0, -1)
    for group in groups:
        limit: Any = redis.zscore(keys.flow_limits(group), OWN_LIMIT)
        if limit is not None:
            writes += [
                ("ZADD", keys.flow_limits(group), "NX", _number(limit), OWN_LIMIT),
                ("ZADD", keys.flows, "0", group),
            ]
    return writes


def run_writes(store: Store, run_id: str, changes: Mapping[str, str]) -> list[Write]:
    """Return the writes that make the run in its state, with `changes` to its record; without a message."""
    keys, redis = store.keys, store.redis
    run = {**_hash(store, keys.run(run_id)), "message_id": "", **changes}
    created = run["created_at"]
    writes = [_hmset(keys.run(run_id), run), ("ZADD", keys.runs, created, run_id)]
    indexes = [("job", run["job_id"])]
    indexes += [("flow", run["flow_group"])] if run.get("flow_group") else []
    indexes += [("source", run["source"])] if run.get("source") != "schedule" else []
    indexes += [("status", run["status"])] if run["status"] not in ACTIVE else []
    writes += [("ZADD", keys.runs_of(index, value), created, run_id) for index, value in indexes]
    writes += [*again(store, keys.tracebacks(run_id)), *again(store, keys.log(run_id))]
    writes += approval_copies.run_writes(store, run_id, run)
    logged: Any = redis.zscore(keys.logs, run_id)
    writes += [("ZADD", keys.logs, _number(logged), run_id)] if logged is not None else []
    if run["status"] in ACTIVE:
        return [*writes, *_active_writes(store, run_id, run)]
    return [*writes, ("HINCRBY", keys.metrics, f"runs|{run['job_type']}|{run['status']}", "1")]


def _active_writes(store: Store, run_id: str, run: Mapping[str, str]) -> Iterator[Write]:
    """Yield the writes that give an active run its places, its RQ job, and its turn."""
    keys = store.keys
    yield ("SADD", keys.active_of_job(run["job_id"]), run_id)
    if run.get("flow_group"):
        yield ("SADD", keys.active_of_flow(run["flow_group"]), run_id)
    yield from again(store, f"rq:job:{run_id}")
    for key in (keys.pending(run["priority"]), keys.retries, keys.expiries, keys.waiting_runs):
        score: Any = store.redis.zscore(key, run_id)
        if score is not None:
            yield ("ZADD", key, _number(score), run_id)


def answer_keys(store: Store) -> list[str]:
    """Return the keys of the answers that repeated requests get again (Idempotency-Key)."""
    patterns = (store.keys.once("*"), store.keys.idempotency("*", "*"))
    return sorted(chain.from_iterable(store.redis.scan_iter(match=pattern, count=AT_ONCE) for pattern in patterns))


def again(store: Store, key: str) -> list[Write]:
    """Return the writes that make one key again, with the time that it has left; none when there is no such key."""
    redis, kind = store.redis, store.redis.type(key)
    writes: list[Write] = []
    if kind == "string":
        writes = [("SET", key, str(redis.get(key)))]
    elif kind == "hash":
        writes = [_hmset(key, _hash(store, key))]
    elif kind == "list":
        members: Any = redis.lrange(key, 0, -1)
        writes = [("RPUSH", key, *members[at : at + AT_ONCE]) for at in range(0, len(members), AT_ONCE)]
    left: Any = redis.pttl(key)
    return [*writes, ("PEXPIRE", key, str(left))] if left and int(left) > 0 else writes


def _hash(store: Store, key: str) -> dict[str, str]:
    fields: Any = store.redis.hgetall(key)
    return dict(fields)


def _hmset(key: str, fields: Mapping[str, str]) -> Write:
    return ("HMSET", key, *chain.from_iterable(fields.items()))


def _number(score: Any) -> str:
    return f"{float(score):.0f}"
