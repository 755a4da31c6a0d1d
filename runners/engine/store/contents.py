"""The server as it is, and what stands in it: counted by indexes, weighed by samples, in four round trips however much there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from runners.engine.store.connection import Store

WEIGHED = 50
"""The newest records of a kind whose weight stands for all of it."""
FACTS = (
    *(
        "redis_version",
        "valkey_version",
        "uptime_in_seconds",
        "connected_clients",
        "maxclients",
        "used_memory",
        "maxmemory",
    ),
    *("maxmemory_policy", "mem_fragmentation_ratio", "aof_enabled", "aof_last_write_status", "rdb_last_save_time"),
    *("rdb_last_bgsave_status", "instantaneous_ops_per_sec", "role", "connected_slaves", "evicted_keys"),
)
"""What is kept of INFO."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How many there are of one kind, and about how many bytes they take together; None where the server does not weigh."""

    name: str
    count: int
    weight: int | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What INFO says (`FACTS`, '' for what the server hides), how many keys the database has, and the kinds of records in it."""

    server: Mapping[str, str]
    keys: int
    kinds: tuple[Kind, ...]


def contents(store: Store) -> Contents:
    """Read it all."""
    keys, pipe = store.keys, store.redis.pipeline(transaction=False)
    counted = {"jobs": keys.jobs, "runs": keys.runs, "logs": keys.logs, "events": keys.events, "audit": keys.audit}
    counted |= {"approvals": keys.all_approvals, "deliveries": keys.deliveries("all", "any")}
    for key in counted.values():
        pipe.zcard(key)
    for key in (keys.jobs, keys.runs, keys.logs):
        pipe.zrevrange(key, 0, WEIGHED - 1)
    pipe.dbsize()
    *answers, jobs, runs, logs, total = (_or_none(answer) for answer in pipe.execute(raise_on_error=False))
    counts = {name: count or 0 for name, count in zip(counted, answers, strict=True)}
    samples = {
        "jobs": [keys.job(name) for name in jobs or ()],
        "runs": [keys.run(name) for name in runs or ()],
        "logs": [keys.log(name) for name in logs or ()],
    }
    weights = _weights(store, samples, counts, {name: counted[name] for name in ("events", "audit")})
    kinds = tuple(Kind(name, count, weights.get(name)) for name, count in counts.items())
    return Contents(_said(store), total or 0, kinds)


def _weights(
    store: Store, samples: Mapping[str, list[str]], counts: Mapping[str, int], whole: Mapping[str, str]
) -> dict[str, int]:
    """Weigh what is one key, and of the rest some records, which stand for all."""
    pipe = store.redis.pipeline(transaction=False)
    for key in whole.values():
        pipe.memory_usage(key, samples=5)
    for names in samples.values():
        for key in names:
            pipe.memory_usage(key)
    answers = iter([_or_none(answer) for answer in pipe.execute(raise_on_error=False)])
    found = {name: weight for name in whole if (weight := next(answers)) is not None}
    for name, names in samples.items():
        if weighed := [weight for _ in names if (weight := next(answers)) is not None]:
            found[name] = sum(weighed) * counts[name] // len(weighed)
    return found


def _said(store: Store) -> dict[str, str]:
    try:
        said: Any = store.redis.info() if store.mode.name != "memory" else {}
    except ResponseError:
        return {}
    return {name: str(said[name]) for name in FACTS if name in said}


def _or_none(answer: Any) -> Any:
    """Return the answer; None for a command that the server does not know or a key of another type. Raises the rest."""
    if isinstance(answer, ResponseError):
        return None
    if isinstance(answer, Exception):
        raise answer
    return answer
