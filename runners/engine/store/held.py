"""The jobs whose slot waits now, by what holds them.

`keys.held` orders them by guard and then by slot: its score is the guard's place * `SPAN` + the slot in ms. So the jobs of each
guard are counted, and the first of them named, without looking at any other. A place of 0 is a row of an older version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from runners.engine.guards import GUARDS
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES

SPAN = 10**13
"""Wider than every slot of this and the next two centuries in ms, and exact in a score with every place."""
PLACES = {guard.__name__: place for place, guard in enumerate(GUARDS, start=1)}
GROUPS_ASKED = 200


@dataclass(frozen=True, slots=True)
class HeldBy:
    """How many jobs one guard holds, and the ids of those with the oldest slots; `guard` is '' in rows of older versions.

    `blockers` counts them by what they wait for, the most first: `flow:NAME` of a flow limit, and the names of pauses.
    """

    guard: str
    count: int
    first: tuple[str, ...]
    blockers: tuple[tuple[str, int], ...] = ()


def score(guard: str, slot_ms: int) -> int:
    """Return where a job stands among the held ones."""
    return PLACES[guard] * SPAN + slot_ms


def slot_of(score: float) -> int:
    """Return the slot (ms) of a score."""
    return int(score) % SPAN


def guard_of(score: float) -> str:
    """Return the guard of a score, '' for one of an older version."""
    place = int(score) // SPAN
    return next((name for name, at in PLACES.items() if at == place), "")


def oldest(store: Store, pipeline: Any, count: int) -> int:
    """Queue the reads of the oldest held slots, whatever holds them; `merged` takes as many answers as this returns."""
    for first in _starts():
        pipeline.zrangebyscore(store.keys.held, first, f"({first + SPAN}", start=0, num=count, withscores=True)
    return len(PLACES) + 1


def merged(answers: list[Any], count: int) -> list[str]:
    """Return the ids of the jobs with the oldest slots, of the answers to what `oldest` queued."""
    rows = [(slot_of(at), job_id) for answer in answers for job_id, at in answer]
    return [job_id for _, job_id in sorted(rows)[:count]]


def by_guard(store: Store, shown: int) -> list[HeldBy]:
    """Return what each guard holds, in the order of the guards and without those that hold nothing; two round trips."""
    keys, pipeline = store.keys, store.redis.pipeline(transaction=False)
    for first in _starts():
        pipeline.zcount(keys.held, first, f"({first + SPAN}")
        pipeline.zrangebyscore(keys.held, first, f"({first + SPAN}", start=0, num=shown)
    pauses = ("everything", *(f"queue:{priority}" for priority in PRIORITIES))
    for blocker in pauses:
        pipeline.zcard(keys.waiting(f"paused:{blocker}"))
    pipeline.srandmember(keys.waiting("flows"), GROUPS_ASKED)
    pipeline.zrange(keys.paused_of("flows"), 0, GROUPS_ASKED - 1)
    *held, waiting, paused = pipeline.execute()
    counted = dict(zip(pauses, held[-len(pauses) :], strict=True))
    flows, pausing = _flows(store, sorted(waiting), paused)
    blockers = {"flow_limit": _most(flows), "paused": _most(counted | pausing)}
    names = ("", *PLACES)
    found = zip(names, held[: 2 * len(names) : 2], held[1 : 2 * len(names) : 2], strict=True)
    return [HeldBy(guard, count, tuple(first), blockers.get(guard, ())) for guard, count, first in found if count]


def _flows(store: Store, waiting: list[str], paused: list[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many jobs wait for each flow group's limit, and for the end of its pause."""
    pipeline = store.redis.pipeline(transaction=False)
    blockers = [*(f"flow:{name}" for name in waiting), *(f"paused:flow:{name}" for name in paused)]
    for blocker in blockers:
        pipeline.zcard(store.keys.waiting(blocker))
    counts = dict(zip(blockers, pipeline.execute(), strict=True))
    limits = {name: count for name, count in counts.items() if name.startswith("flow:")}
    return limits, {name.removeprefix("paused:"): count for name, count in counts.items() if name not in limits}


def _most(counted: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((name, count) for name, count in counted.items() if count), key=lambda row: (-row[1], row[0])))


def _starts() -> list[int]:
    return [place * SPAN for place in range(len(PLACES) + 1)]
