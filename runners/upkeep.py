"""Keeping runs from being stuck: recovering from dead workers, moving due retries on, pushing lost messages again.

A lease is given up by two looks on the reaper's own monotonic clock: its score must stand still between them. So a
step of the store's clock never costs a living worker its run, and a dead one's run is back within the lease and two
reaper ticks.
"""

import time
from dataclasses import dataclass
from typing import Any

import structlog

from runners.agents.late import remember_late
from runners.engine import clock
from runners.engine.platform import Platform
from runners.engine.protocol import upkeep
from runners.engine.store.ticks import last_tick

LOG = structlog.get_logger("runners.upkeep")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A lease's score as first seen at this monotonic time, and whether it had run out by the store's clock."""

    score: int
    seen_at: float
    overdue: bool


class Upkeep:
    """One process's looks at the leases. `step` is cheap; a full look happens once a reaper tick."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._sightings: dict[str, Sighting] = {}
        self._next_look = 0.0

    def step(self) -> None:
        """Move due retries and expired runs on; once a reaper tick also recover, reconcile, and remember for agents. Raises RedisError."""
        if time.monotonic() < self._next_look:
            upkeep.reap(self.platform.store, {})
            return
        self._next_look = time.monotonic() + self.platform.settings.reaper_tick.total_seconds()
        still = self._look()
        for run_id, word in upkeep.reap(self.platform.store, still).items():
            self._sightings.pop(run_id, None)
            if word != "alive":
                LOG.warning("run.lost", run_id=run_id, became=word)
        if pushed := upkeep.reconcile(self.platform.store):
            LOG.info("messages.pushed_again", count=pushed)
        remember_late(self.platform.store)

    def unattended(self) -> bool:
        """Say whether no scheduler has ticked for two reaper ticks; a last tick in the future is one of a clock set back."""
        store = self.platform.store
        return abs(store.now() - last_tick(store)) > 2 * self.platform.settings.reaper_tick

    def _look(self) -> dict[str, int]:
        """Look at every lease once; return those that stood still long enough, with the score they stood at."""
        store, settings = self.platform.store, self.platform.settings
        now_ms, now = clock.to_ms(store.now()), time.monotonic()
        scores: Any = store.redis.zrange(store.keys.leases, 0, -1, withscores=True)
        leases: dict[str, int] = {run: int(score) for run, score in scores}
        before, self._sightings = self._sightings, {}
        given_up = {}
        for run, score in leases.items():
            sighting = before.get(run)
            if sighting is None or sighting.score != score:
                sighting = Sighting(score, now, score <= now_ms)
            elif sighting.overdue or now - sighting.seen_at >= settings.lease.total_seconds():
                given_up[run] = score
            elif score <= now_ms:
                sighting = Sighting(score, sighting.seen_at, True)
            self._sightings[run] = sighting
        return given_up
