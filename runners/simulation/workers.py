"""Workers that only play: they claim and finish by the real protocol, and what they claim ends when its work would be done."""

import heapq
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from runners.engine import clock
from runners.engine.protocol.work import Claimed, Ended, exchange
from runners.engine.store import runs as stored
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES
from runners.simulation.record import Run

NAME = "virtual"
NEVER = datetime.max.replace(tzinfo=UTC)


class VirtualWorkers:
    """So many slots. Their books are what the protocol answered: when a run was made, claimed, and finished."""

    def __init__(self, store: Store, lease: timedelta, slots: int, seed: int, spread: float) -> None:
        self.store, self.lease, self.slots = store, lease, slots
        self._chance, self._spread = random.Random(seed), spread
        self._ends: list[tuple[datetime, int, Claimed]] = []
        self._claimed = 0
        self._books: dict[str, Run] = {}
        self._at_work = Counter[str]()
        self.overlapped: set[str] = set()
        """Jobs of which two runs have worked at the same time."""

    def next_end(self) -> datetime:
        """Return when the next run ends; the end of time when none works."""
        return self._ends[0][0] if self._ends else NEVER

    def exchange(self, now: datetime) -> bool:
        """Finish what is done by now, and take as many runs as there are free slots. Says whether anything was done."""
        done = []
        while self._ends and self._ends[0][0] <= now:
            done.append(heapq.heappop(self._ends)[2])
        ended = [Ended(one.run_id, one.token, "success", _result(now, one)) for one in done]
        answer = exchange(self.store, NAME, self.lease, ended, self.slots - len(self._ends))
        for one, word in zip(done, answer.finished, strict=True):
            self._put_down_end(one, word, now)
        for claimed in answer.taken:
            self._start(claimed, now)
        return bool(done or answer.taken)

    def runs(self, store: Store) -> list[Run]:
        """Return all runs so far: those in the books, and those that still wait."""
        waiting: list[Any] = []
        for lane in PRIORITIES:
            waiting += store.redis.zrange(store.keys.pending(lane), 0, -1)
        found = stored.load_runs(store, waiting).values()
        made = [Run(one.run_id, one.job_id, "queued", one.created_at.timestamp(), None, None, ()) for one in found]
        return [*self._books.values(), *made]

    def _start(self, claimed: Claimed, now: datetime) -> None:
        fields, at = claimed.fields, now.timestamp()
        created = int(fields["created_at"]) / 1000
        job_id = fields["job_id"]
        self._books[claimed.run_id] = Run(claimed.run_id, job_id, "running", created, at, None, ((at, None),))
        self._at_work[job_id] += 1
        if self._at_work[job_id] > 1:
            self.overlapped.add(job_id)
        self._claimed += 1
        heapq.heappush(self._ends, (now + self._work(claimed), self._claimed, claimed))

    def _work(self, claimed: Claimed) -> timedelta:
        """Return how long it works: what its inputs say, and a little more or less where that was asked for."""
        work_ms = json.loads(claimed.fields["inputs"])["work_ms"]
        part = self._chance.uniform(-self._spread, self._spread) if self._spread else 0.0
        return max(1, round(work_ms * (1 + part))) * clock.MILLISECOND

    def _put_down_end(self, claimed: Claimed, word: str, now: datetime) -> None:
        before, at = self._books[claimed.run_id], now.timestamp()
        ((start, _),) = before.spans
        self._at_work[before.job_id] -= 1
        self._books[claimed.run_id] = replace(before, status=word, finished_at=at, spans=((start, at),))


def _result(now: datetime, claimed: Claimed) -> str:
    took = clock.to_ms(now) - int(claimed.fields["started_at"])
    return json.dumps({"success": True, "output": None, "error": None, "duration_ms": took})
