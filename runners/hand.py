"""What a worker holds: claimed runs that wait for a thread or are executed, and ends that wait for the store.

Threads share one lock. As few of them as possible are woken, because each one that wakes costs more than a short run;
but while a run waits there is always one on its way to it, so that none waits behind a long one.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from runners.engine.protocol.work import Ended
from runners.execution import Execution

BATCH = 32
"""Ends that go to the store in one call, as soon as there are so many."""
FLUSH_SEC = 0.02
"""The longest time that an end waits for others to go with it."""
IDLE_SEC = 60.0
Errand = Callable[[], Execution | None]
"""What an idle thread is asked to do; it goes on with the run that this returns."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a thread does next: bring these ends to the store, execute this run, or go on an errand; nothing, when it is to leave."""

    ends: tuple[Ended, ...] = ()
    execution: Execution | None = None
    errand: Errand | None = None


class Hand:
    """Runs by id and token: the token tells a run from its earlier claim, whose thread may still be ending.

    A store that lost its last moments may give out one token twice; then the later claim counts.
    `waiting` are claimed and not yet started, `held` are these and those that are executed or whose end is on its way.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._work = threading.Condition(self.lock)
        self._room = threading.Condition(self.lock)
        self._begun = threading.Condition(self.lock)
        self.held: dict[tuple[str, int], Execution] = {}
        self.waiting: deque[Execution] = deque()
        self.ended: list[Ended] = []
        self._errand: Errand | None = None
        self._ended_at = 0.0
        self._started_at = 0.0
        self._idle = 0
        self._is_called = False
        self._is_delivering = False
        self._is_closed = False

    def hold(self, executions: Iterable[Execution], instead_of: Iterable[Ended]) -> None:
        """Hold what was claimed just now, and no more what has reached the store in the same call."""
        with self.lock:
            for one in instead_of:
                self.held.pop((one.run_id, one.token), None)
            self.held.update((one.claim, one) for one in executions)

    def submit(self, executions: Iterable[Execution]) -> None:
        """Hand held runs to the threads."""
        with self.lock:
            if not self.waiting:
                self._started_at = time.monotonic()
            self.waiting.extend(executions)
            self._call()

    def send(self, errand: Errand) -> bool:
        """Ask an idle thread to do something, if there is one and nothing else to do."""
        with self.lock:
            if not self._idle or self._is_called or self.waiting or self.ended:
                return False
            self._errand = errand
            self._call()
            return True

    def take_back(self, errand: Errand) -> bool:
        """Ask for it no more; False when a thread is about it already."""
        with self.lock:
            is_here = self._errand is errand
            self._errand = None
            return is_here

    def wait_begun(self, seconds: float) -> None:
        """Wait until nothing waits for a thread, at most so long."""
        with self.lock:
            self._begun.wait_for(lambda: not self.waiting, seconds)

    def next_turn(self) -> Turn:
        """Return what the calling thread does next; waits until there is something."""
        with self.lock:
            while not self._is_time():
                if self.waiting:
                    return Turn(execution=self._start())
                if errand := self._errand:
                    self._errand = None
                    return Turn(errand=errand)
                if self._is_closed:
                    return Turn()
                self._idle += 1
                self._work.wait(FLUSH_SEC if self.ended else IDLE_SEC)
                self._idle -= 1
                self._is_called = False
            return Turn(ends=self.take_ends())

    def end(self, execution: Execution, ended: Ended) -> bool:
        """Keep the end of a run that a thread has executed, unless somebody else has ended or claimed it meanwhile.

        False when another thread has taken the place of this one.
        """
        with self.lock:
            if self.held.get(execution.claim) is execution:
                self.keep(ended)
            return not execution.replaced

    def keep(self, ended: Ended) -> None:
        """Put an end with those that are to be brought to the store."""
        with self.lock:
            if not self.ended:
                self._ended_at = time.monotonic()
            self.ended.append(ended)

    def let_go(self, execution: Execution, *, replaced: bool = False) -> bool:
        """Stop holding a run before somebody else ends it here; False when its end is on its way already.

        `replaced` tells its thread that another one takes its place.
        """
        with self.lock:
            if self.held.get(execution.claim) is not execution:
                return False
            del self.held[execution.claim]
            execution.replaced = replaced
            self._room.notify_all()
            return True

    def take_ends(self) -> tuple[Ended, ...]:
        """Take the ends to bring them to the store; `delivered` must follow."""
        with self.lock:
            ended, self.ended = tuple(self.ended), []
            self._is_delivering = True
            return ended

    def late_ends(self) -> tuple[Ended, ...]:
        """Take the ends that no thread was free for, if it is time for them."""
        with self.lock:
            return self.take_ends() if self._is_time() else ()

    def delivered(self) -> None:
        """Note that ends have reached the store, or will not."""
        with self.lock:
            self._is_delivering = False
            self._call()

    def offer_room(self) -> None:
        """Let whoever waits for room look again."""
        with self.lock:
            self._room.notify_all()

    def unstarted(self, for_sec: float = 0.0) -> list[Execution]:
        """Take back what waits, if no thread has begun with any of it for so long."""
        with self.lock:
            if time.monotonic() - self._started_at < for_sec:
                return []
            taken = list(self.waiting)
            self.waiting.clear()
            return taken

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait until the condition holds, which is looked at when runs are no longer held."""
        with self.lock:
            self._room.wait_for(condition, seconds)

    def close(self) -> None:
        """Let the threads leave, and whoever waits go on."""
        with self.lock:
            self._is_closed = True
            self._work.notify_all()
            self._room.notify_all()

    def _start(self) -> Execution:
        self._started_at = time.monotonic()
        execution = self.waiting.popleft()
        if not self.waiting:
            self._begun.notify_all()
        self._call()
        return execution

    def _call(self) -> None:
        """Wake one idle thread, unless one is on its way: it calls the next when it begins with a run."""
        if self._idle and not self._is_called and (self.waiting or self.ended or self._errand):
            self._is_called = True
            self._work.notify()

    def _is_time(self) -> bool:
        """Say whether ends should go now: they are many, one has waited long enough, or there is nothing else to do."""
        if not self.ended:
            return False
        if len(self.ended) >= BATCH or time.monotonic() - self._ended_at > FLUSH_SEC:
            return True
        return not self.waiting and not self._is_delivering
