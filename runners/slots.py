"""A worker's slots: threads that execute claimed runs, finish them, and take the next in the same call.

A run counts as held from its claim until the store has taken its end. Runs are taken ahead only while they are short,
so that a long one never keeps others waiting behind it in this process.
"""

import math
import threading
import time
from collections import deque
from dataclasses import dataclass, field

import structlog
from redis.exceptions import RedisError

from runners.engine.platform import Platform
from runners.engine.protocol.work import Ended, exchange
from runners.engine.run import FailureKind
from runners.execution import Execution, GivenBack
from runners.perform import carry_out, failed

LOG = structlog.get_logger("runners.slots")
SHORT_SEC = 0.002
AHEAD = 16
FLUSH_SEC = 0.005
OVERTIME_SEC = 2.0
"""A handler that ignores its deadline loses its run this long after it."""


@dataclass(slots=True)
class Hand:
    """What a worker holds, by run id and token, guarded by `lock`; `waiting` are claimed and not yet started.

    The token tells a run from its earlier claim by the same worker, whose thread may still be ending.
    """

    lock: threading.Condition = field(default_factory=threading.Condition)
    held: dict[tuple[str, int], Execution] = field(default_factory=dict)
    waiting: deque[Execution] = field(default_factory=deque)


class Slots:
    """`concurrency` threads over one store. `claim` fills them; `drain` ends them within a grace."""

    def __init__(self, platform: Platform, worker_id: str, concurrency: int) -> None:
        self.platform = platform
        self.worker_id = worker_id
        self.concurrency = concurrency
        self.hand = Hand()
        self.average_sec = 1.0
        self.closing = threading.Event()
        self.stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads."""
        for _ in range(self.concurrency):
            self._start_thread()

    def free(self) -> int:
        """Return how many runs may be claimed now."""
        ahead = AHEAD if self.average_sec < SHORT_SEC else 0
        return 0 if self.closing.is_set() else max(0, self.concurrency + ahead - len(self.hand.held))

    def wait_free(self, timeout_sec: float) -> None:
        """Wait until a run may be claimed, at most `timeout_sec`."""
        with self.hand.lock:
            self.hand.lock.wait_for(lambda: self.free() > 0 or self.closing.is_set(), timeout_sec)

    def claim(self, take: int) -> list[Execution]:
        """Claim up to `take` runs from the store; they are held from now on. Raises RedisError."""
        return self._exchange([], take)

    def submit(self, execution: Execution) -> None:
        """Hand a held run to the threads."""
        with self.hand.lock:
            self.hand.waiting.append(execution)
            self.hand.lock.notify()

    def executions(self) -> list[Execution]:
        """Return what is held now."""
        with self.hand.lock:
            return list(self.hand.held.values())

    def overdue(self) -> None:
        """End, as timed out, runs whose handler ignores its deadline; their threads are left behind and replaced."""
        for execution in self.executions():
            if time.monotonic() > execution.deadline + OVERTIME_SEC and self._let_go(execution):
                message = f"ran longer than its timeout of {execution.run.timeout_ms} ms and did not stop when told"
                started = execution.deadline - execution.run.timeout_ms / 1000
                self._start_thread(failed(execution, started, FailureKind.TIMEOUT, message))

    def drain(self, grace_sec: float) -> None:
        """Let what runs finish within `grace_sec`, then give the rest back unfinished, without using up an attempt."""
        self.closing.set()
        with self.hand.lock:
            unstarted = [self.hand.waiting.popleft() for _ in range(len(self.hand.waiting))]
        self._give_back(unstarted)
        self._wait_empty(grace_sec)
        for execution in self.executions():
            execution.stop(GivenBack)
        self._wait_empty(OVERTIME_SEC)
        self._give_back(self.executions())
        self.stopped.set()
        with self.hand.lock:
            self.hand.lock.notify_all()

    def _wait_empty(self, seconds: float) -> None:
        with self.hand.lock:
            self.hand.lock.wait_for(lambda: not self.hand.held, seconds)

    def _give_back(self, executions: list[Execution]) -> None:
        returned = [Ended(one.run_id, one.claimed.token, "returned") for one in executions if self._let_go(one)]
        if returned:
            self._deliver(returned, OVERTIME_SEC)

    def _start_thread(self, *overdue: Ended) -> None:
        """Start a thread; it brings what is overdue to the store first, so that renewals never wait for that."""
        name = f"slot-{len(self._threads)}"
        thread = threading.Thread(target=self._loop, args=(list(overdue),), daemon=True, name=name)
        self._threads.append(thread)
        thread.start()

    def _loop(self, overdue: list[Ended]) -> None:
        if overdue:
            self._deliver(overdue)
        ended: list[Ended] = []
        oldest = 0.0
        while (execution := self._next(bool(ended))) or not self.stopped.is_set():
            if execution:
                oldest = oldest if ended else time.monotonic()
                outcome = self._execute(execution)
                if outcome is None:
                    return  # this thread overslept its run and was replaced
                ended.append(outcome)
            if ended and (
                not execution or len(ended) >= AHEAD or time.monotonic() - oldest > FLUSH_SEC or not self.hand.waiting
            ):
                self._deliver(ended)
                ended = []

    def _next(self, busy: bool) -> Execution | None:
        """Return the next waiting run; waits for one unless there are ends to deliver."""
        with self.hand.lock:
            if not busy:
                self.hand.lock.wait_for(lambda: self.hand.waiting or self.stopped.is_set(), 1.0)
            return self.hand.waiting.popleft() if self.hand.waiting else None

    def _execute(self, execution: Execution) -> Ended | None:
        started = time.monotonic()
        ended = carry_out(execution, self.platform.store.rq_redis)
        self.average_sec = 0.9 * self.average_sec + 0.1 * (time.monotonic() - started)
        return ended if execution.claim in self.hand.held else None

    def _deliver(self, ended: list[Ended], patience_sec: float = math.inf) -> None:
        """Bring ends to the store, and take the next runs; a stale end is fenced there.

        A store that is away is waited for, by default for ever; after `patience_sec` the leases are left to run out.
        """
        wait, over_at = 0.1, time.monotonic() + patience_sec
        while not self.stopped.is_set():
            try:
                for execution in self._exchange(ended, self._take_size(len(ended))):
                    self.submit(execution)
                return
            except RedisError as error:
                LOG.warning("store.away", error=str(error), runs=[one.run_id for one in ended])
                if time.monotonic() > over_at:
                    return
                self.stopped.wait(wait)
                wait = min(wait * 2, 5.0)

    def _take_size(self, ended: int) -> int:
        return 0 if self.closing.is_set() else min(AHEAD, self.free() + ended)

    def _exchange(self, ended: list[Ended], take: int) -> list[Execution]:
        answer = exchange(self.platform.store, self.worker_id, self.platform.settings.lease, ended, take)
        for foreign in answer.refused:
            LOG.warning("message.refused", message=foreign[:200], reason="no run has this id")
        taken = [Execution(self.platform, claimed) for claimed in answer.taken]
        with self.hand.lock:
            for one in ended:
                self.hand.held.pop((one.run_id, one.token), None)
            self.hand.held.update((execution.claim, execution) for execution in taken)
            self.hand.lock.notify_all()
        return taken

    def _let_go(self, execution: Execution) -> bool:
        """Stop holding a run before somebody else ends it here; False when its end is on its way already."""
        with self.hand.lock:
            return self.hand.held.pop(execution.claim, None) is not None
