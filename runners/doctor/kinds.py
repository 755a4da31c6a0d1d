"""Keys of another kind than ours: named one by one, so that a single one keeps no other from being looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from redis.exceptions import ResponseError

from runners.doctor.finding import Finding
from runners.doctor.reading import batches
from runners.doctor.rules import Broken
from runners.engine.store.connection import Store
from runners.engine.store.keys import LANES, PRIORITIES, Keys

Facts = TypeVar("Facts")
KINDS = ("string", "list", "set", "zset", "hash", "stream")
STATUSES = ("success", "failed", "cancelled")


def kinds(store: Store) -> Iterator[Finding]:
    """Yield a finding for each key of the whole deployment that is of another kind than `keys.py` says."""
    wanted = dict(_whole(store.keys))
    pipeline = store.redis.pipeline(transaction=False)
    for key in wanted:
        pipeline.type(key)
    for (key, kind), found in zip(wanted.items(), pipeline.execute(), strict=True):
        if found not in (kind, "none"):
            yield Finding("I0", False, f"{key} is a {found} and not a {kind}: rename it away, it is none of ours")


def _whole(keys: Keys) -> Iterator[tuple[str, str]]:
    """Yield the keys of which there is one for a deployment, a lane, a priority or a status, with their kinds."""
    for name in dir(Keys):
        member = getattr(Keys, name)
        kind = str(getattr(member, "__doc__", "") or "").partition(" ")[0].lower()
        if isinstance(member, property) and kind in KINDS:
            yield str(getattr(keys, name)), kind
    yield from ((keys.due(lane), "zset") for lane in LANES)
    yield from ((keys.pending(priority), "zset") for priority in PRIORITIES)
    yield from ((keys.stream(priority), "stream") for priority in PRIORITIES)
    yield from ((keys.queue_list(priority), "list") for priority in PRIORITIES)
    yield from ((keys.runs_of("status", status), "zset") for status in STATUSES)


def each(
    read: Callable[[Store, Any], Iterable[Facts]], store: Store, names: Mapping[str, Any]
) -> Iterator[Facts | Broken]:
    """Yield what `read` finds; of a batch that the server refuses each name by itself, and what is wrong with one."""
    for batch in batches(names.items()):
        try:
            yield from list(read(store, dict(batch)))
        except ResponseError as refusal:
            if "WRONGTYPE" not in str(refusal):
                raise
            yield from _alone(read, store, batch)


def _alone(
    read: Callable[[Store, Any], Iterable[Facts]], store: Store, batch: Iterable[tuple[str, Any]]
) -> Iterator[Facts | Broken]:
    for name, owner in batch:
        try:
            yield from list(read(store, {name: owner}))
        except ResponseError as refusal:
            yield Broken("I0", name, f"a key of it is of another kind: {refusal}")
