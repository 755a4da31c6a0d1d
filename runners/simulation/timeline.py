"""Moving a virtual clock to what happens next: a tick in which something is due, or the end of a run."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runners.engine import clock
from runners.engine.protocol import retention, upkeep
from runners.engine.store.reads import Reads
from runners.scheduler import GuardedScheduler
from runners.simulation.ground import START, VirtualClock
from runners.simulation.workers import NEVER, VirtualWorkers

SWEPT_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """When anything happens next: runs end, or the scheduler's tick finds something (a next attempt, for one), or both."""

    at: datetime
    ends: bool
    ticks: bool
    retries: bool


class Timeline:
    """Moves a virtual clock from moment to moment. The scheduler ticks on its own grid, and only where a tick finds something."""

    def __init__(self, at: VirtualClock, scheduler: GuardedScheduler, workers: VirtualWorkers) -> None:
        self.clock, self.scheduler, self.workers = at, scheduler, workers
        self.store = scheduler.platform.store
        self._tick = scheduler.platform.settings.tick
        self._ticked_at = START - self._tick
        self._sweep_at = START + SWEPT_EVERY
        self._stirred = False
        self._due: tuple[datetime, ...] = ()
        """When the next attempt, and the next slot of each lane, are due; () when that has to be read."""

    def go_to(self, end: datetime) -> None:
        """Let everything happen up to `end`, which is the time then."""
        self._due = ()
        while (moment := self._next()).at <= end:
            self._happen(moment)
        self.clock.at = max(self.clock.at, end)

    def finish(self) -> None:
        """Let everything happen until nothing is due, waits or works any more."""
        self._due = ()
        while (moment := self._next()).at < NEVER:
            self._happen(moment)

    def _happen(self, moment: Moment) -> None:
        self.clock.at = max(moment.at, self.clock.at)
        if moment.ends:
            self._stirred = self.workers.exchange(self.clock.at)
        if not moment.ticks:
            return
        self._due = ()
        self._say_ticked()
        self.scheduler.enqueue_jobs()
        if moment.retries:
            upkeep.reap(self.store, {})
        self._ticked_at = self.clock.at
        self._stirred = self.workers.exchange(self.clock.at)
        self._sweep()

    def _say_ticked(self) -> None:
        """Put down the tick before this one: the real scheduler makes it, and finds nothing to do."""
        before = clock.to_ms(max(self._ticked_at, self.clock.at - self._tick))
        self.store.redis.hset(self.store.keys.ticks, "last", str(before))

    def _next(self) -> Moment:
        retry, *due = (self._tick_at(at) if at < NEVER else NEVER for at in self._due or self._read())
        if not self._due and self._stirred:  # pressure ends, and a place is found, by the tick after what has ended
            due.append(self._tick_at(self.clock.at + clock.MILLISECOND))
        tick, end = min(retry, *due), self.workers.next_end()
        at = min(tick, end)
        return Moment(at, ends=end <= at, ticks=tick <= at, retries=retry <= at)

    def _read(self) -> tuple[datetime, ...]:
        """Return what is due when. While no slot is held, a run that ends frees nobody, and only a tick changes that."""
        keys, reads = self.store.keys, Reads(self.store)
        for key in (keys.retries, keys.due("critical"), keys.due("regular")):
            reads.zrange(key, 0, 0, withscores=True)
        reads.zcard(keys.held)
        *heads, held = reads.execute()
        found = tuple(_at(head) if head else NEVER for head in heads)
        self._due = () if held else found
        return found

    def _tick_at(self, at: datetime) -> datetime:
        """Return the first tick that is not before `at`, and none of those that were."""
        grid = -((START - max(at, self._ticked_at + clock.MILLISECOND)) // self._tick)
        return START + grid * self._tick

    def _sweep(self) -> None:
        if self.clock.at >= self._sweep_at:
            retention.sweep(self.store, self.scheduler.platform.settings, self.clock.at)
            self._sweep_at = self.clock.at + SWEPT_EVERY


def _at(head: Any) -> datetime:
    return clock.from_ms(int(head[0][1]))
