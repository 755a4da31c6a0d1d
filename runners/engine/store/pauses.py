"""What is paused now: everything, priorities, and how many flow groups and jobs, with the first of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from runners.engine.pause import EVERYTHING, Pause, decode
from runners.engine.store.connection import Store
from runners.engine.store.guard_facts import queue_pauses, read_pauses

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Pauses:
    """All that is paused. `queues` is by priority; `flows` and `jobs` count all, `first_…` name those paused longest."""

    everything: Pause | None
    queues: Mapping[str, Pause]
    flows: int
    first_flows: tuple[str, ...]
    jobs: int
    first_jobs: tuple[str, ...]

    def __bool__(self) -> bool:
        """Say whether anything is paused."""
        return bool(self.everything or self.queues or self.flows or self.jobs)

    def of_queue(self, priority: str) -> Pause | None:
        """Return what keeps workers from queued runs of `priority`."""
        return self.everything or self.queues.get(priority)


def read(store: Store) -> Pauses:
    """Return what is paused; one round trip, and one for the clock."""
    now, pipe = store.now(), store.redis.pipeline(transaction=False)
    queue_pauses(store, pipe)
    for kind in ("flows", "jobs"):
        pipe.zcard(store.keys.paused_of(kind))
        pipe.zrange(store.keys.paused_of(kind), 0, SHOWN - 1)
    everything, ends_in, queues, flows, first_flows, jobs, first_jobs = pipe.execute()
    ends_at = now + timedelta(milliseconds=ends_in) if ends_in >= 0 else None
    found = read_pauses(everything, ends_at, queues)
    of_queues = {blocker.partition(":")[2]: pause for blocker, pause in found.items() if blocker != EVERYTHING}
    return Pauses(found.get(EVERYTHING), of_queues, flows, tuple(first_flows), jobs, tuple(first_jobs))


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who asked a worker to take no more runs, and to end; None for nobody."""

    drain: Pause | None = None
    stop: Pause | None = None


STAYS = Leaving()


def asked_of(process_id: str) -> tuple[str, str]:
    """Return the fields of `keys.paused` in which a worker is asked to drain and to stop."""
    return f"drain:{process_id}", f"stop:{process_id}"


def leaving(store: Store, process_ids: list[str]) -> dict[str, Leaving]:
    """Return what each of the workers was asked for, without those of which nothing was; one round trip."""
    if not process_ids:
        return {}
    blockers = [blocker for name in process_ids for blocker in asked_of(name)]
    texts: Any = iter(store.redis.hmget(store.keys.paused, blockers))
    asked = {name: Leaving(*(decode(blocker, next(texts)) for blocker in asked_of(name))) for name in process_ids}
    return {name: one for name, one in asked.items() if one != STAYS}
