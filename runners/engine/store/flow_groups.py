"""Flow groups: their limits and who states them, their active runs, who waits, and their pauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runners.engine.pause import Pause, decode
from runners.engine.store.connection import Store
from runners.engine.store.page import Page, cursor_after, name_before, names_behind

OWN = ":group"
"""Stands in the place of a job id for the limit that a person gave the group itself."""
STATED_BY = 3
NAMED = 50
"""Active runs and waiting jobs that one group names; it counts all."""


@dataclass(frozen=True, slots=True)
class FlowGroup:
    """One group. `limit` 0 is none; `stated_by` names up to three jobs that state the lowest (`OWN` for the group itself).

    `own_limit` is the one that a person gave the group, 0 for none. `jobs`, `active` and `waiting` are counts.
    """

    name: str
    limit: int
    own_limit: int
    stated_by: tuple[str, ...]
    jobs: int
    active: int
    waiting: int
    pause: Pause | None


@dataclass(frozen=True, slots=True)
class Members:
    """Names of a group's active runs, and of the jobs whose slots wait for it, in the order in which they go."""

    active: tuple[str, ...]
    waiting: tuple[str, ...]


def list_groups(store: Store, limit: int, offset: int = 0, cursor: str | None = None) -> Page[FlowGroup]:
    """Return a page of the groups, in the order of their names; two round trips. Raises Malformed on a foreign cursor."""
    pipe = store.redis.pipeline(transaction=False)
    pipe.zrangebylex(store.keys.flows, *names_behind(name_before(cursor)), start=offset, num=limit + 1)
    pipe.zcard(store.keys.flows)
    names, total = pipe.execute()
    shown = names[:limit]
    return Page(tuple(_read(store, shown)), total, cursor_after(shown[-1]) if len(names) > limit else None)


def own_limit(store: Store, name: str) -> int:
    """Return the limit that a person gave the group, 0 for none."""
    stated: Any = store.redis.zscore(store.keys.flow_limits(name), OWN)
    return int(stated or 0)


def own_limits(store: Store) -> dict[str, int]:
    """Return the limits that people gave groups, by name, in their order; groups without one are left out."""
    names: Any = store.redis.zrange(store.keys.flows, 0, -1)
    pipe = store.redis.pipeline(transaction=False)
    for name in names:
        pipe.zscore(store.keys.flow_limits(name), OWN)
    return {name: int(limit) for name, limit in zip(names, pipe.execute(), strict=True) if limit}


def load_group(store: Store, name: str) -> FlowGroup | None:
    """Return the group; None when no job names it, nobody has set anything for it, and none of its runs is active."""
    (found,) = _read(store, [name])
    known = found.jobs or found.active or found.own_limit or found.pause
    return found if known else None


def load_groups(store: Store, names: list[str]) -> dict[str, FlowGroup]:
    """Return groups by name, whether anybody knows of them or not; one round trip."""
    return {group.name: group for group in _read(store, names)}


def members(store: Store, name: str) -> Members:
    """Return who is active in the group, and who waits for it; one round trip."""
    pipe = store.redis.pipeline(transaction=False)
    pipe.srandmember(store.keys.active_of_flow(name), NAMED)
    for blocker in (f"paused:flow:{name}", f"flow:{name}"):
        pipe.zrange(store.keys.waiting(blocker), 0, NAMED - 1)
    active, *waiting = pipe.execute()
    return Members(tuple(sorted(active)), tuple(job for jobs in waiting for job in jobs)[:NAMED])


def _read(store: Store, names: list[str]) -> Iterator[FlowGroup]:
    pipe, keys = store.redis.pipeline(transaction=False), store.keys
    for name in names:
        pipe.zrange(keys.flow_limits(name), 0, STATED_BY - 1, withscores=True)
        pipe.zscore(keys.flow_limits(name), OWN)
        pipe.scard(keys.flow_members(name))
        pipe.scard(keys.active_of_flow(name))
        pipe.zcard(keys.waiting(f"flow:{name}"))
        pipe.zcard(keys.waiting(f"paused:flow:{name}"))
        pipe.hget(keys.paused, f"flow:{name}")
    answers = iter(pipe.execute())
    for name in names:
        yield _group(name, [next(answers) for _ in range(7)])


def _group(name: str, found: list[Any]) -> FlowGroup:
    limits, own, jobs, active, waiting, put_aside, paused = found
    lowest = int(limits[0][1]) if limits else 0
    return FlowGroup(
        name=name,
        limit=lowest,
        own_limit=int(own or 0),
        stated_by=tuple(who for who, limit in limits if int(limit) == lowest),
        jobs=jobs,
        active=active,
        waiting=waiting + put_aside,
        pause=decode(f"flow:{name}", paused),
    )
