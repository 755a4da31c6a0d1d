"""A worker's slots: threads that execute claimed runs, finish them, and take the next in the same call.

A run counts as held from its claim until the store has taken its end. Runs are taken ahead only while they are short,
so that a long one never keeps others waiting behind it in this process. Their ends go to the store in batches, by
whichever thread is free, so that no end waits for the run with which its thread went on.
"""

import json
import math
import threading
import time
from collections import deque
from dataclasses import dataclass, field

import structlog
from redis.exceptions import RedisError

from runners.engine.platform import Platform
from runners.engine.protocol.work import Claimed, Ended, exchange
from runners.engine.run import FailureKind
from runners.execution import Execution, GivenBack
from runners.isolation.warm import NURSERY
from runners.perform import carry_out, failed

LOG = structlog.get_logger("runners.slots")
SHORT_SEC = 0.002
AHEAD = 16
FLUSH_SEC = 0.005
OVERTIME_SEC = 2.0
"""A handler that ignores its deadline loses its run this long after it."""


@dataclass(slots=True)
class Hand:
    """What a worker holds, by run id and token, guarded by `lock`.

    `waiting` are claimed and not yet started; `ended` are to be brought to the store, the oldest since `ended_at`
    (monotonic). The token tells a run from its earlier claim by the same worker, whose thread may still be ending.
    """

    lock: threading.Condition = field(default_factory=threading.Condition)
    held: dict[tuple[str, int], Execution] = field(default_factory=dict)
    waiting: deque[Execution] = field(default_factory=deque)
    ended: list[Ended] = field(default_factory=list)
    ended_at: float = 0.0


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
        """End, as timed out, runs whose handler ignores its deadline; their threads are left behind and replaced.

        Ends for which no thread is free get one of their own: whoever calls this renews leases and must not wait.
        """
        for execution in self.executions():
            if time.monotonic() > execution.deadline + OVERTIME_SEC and self._let_go(execution):
                execution.end_telling(wait=False)
                self._start_thread()
                message = f"ran longer than its timeout of {execution.run.timeout_ms} ms and did not stop when told"
                self._keep(failed(execution, FailureKind.TIMEOUT, message))
        if self._is_time():
            threading.Thread(target=self._deliver, args=(self._take_ended(),), daemon=True, name="ends").start()

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
        NURSERY.close()  # what another worker may start from now on must not go on here
        self._give_back(self.executions())
        self.stopped.set()
        with self.hand.lock:
            self.hand.lock.notify_all()

    def _wait_empty(self, seconds: float) -> None:
        with self.hand.lock:
            self.hand.lock.wait_for(lambda: not self.hand.held, seconds)

    def _give_back(self, executions: list[Execution]) -> None:
        given = [one for one in executions if self._let_go(one)]
        for one in given:
            one.end_telling()
        returned = [Ended(one.run_id, one.claimed.token, "returned") for one in given]
        if returned:
            self._deliver(returned, OVERTIME_SEC)

    def _start_thread(self) -> None:
        thread = threading.Thread(target=self._loop, daemon=True, name=f"slot-{len(self._threads)}")
        self._threads.append(thread)
        thread.start()

    def _loop(self) -> None:
        while (execution := self._next()) or not self.stopped.is_set():
            if execution and not self._execute(execution):
                return  # this thread overslept its run and was replaced
            if self._is_time():
                self._deliver(self._take_ended())

    def _next(self) -> Execution | None:
        """Return the next waiting run; waits for one unless there are ends to deliver."""
        hand = self.hand
        with hand.lock:
            hand.lock.wait_for(lambda: hand.waiting or self.stopped.is_set(), FLUSH_SEC if hand.ended else 1.0)
            return hand.waiting.popleft() if hand.waiting else None

    def _execute(self, execution: Execution) -> bool:
        """Carry the run out and keep its end; False when somebody else has ended it meanwhile."""
        started = time.monotonic()
        ended = carry_out(execution, self.platform.store.rq_redis)
        execution.deadline = math.inf  # its end is on its way, however long that takes
        execution.end_telling()
        self.average_sec = 0.9 * self.average_sec + 0.1 * (time.monotonic() - started)
        with self.hand.lock:
            if execution.claim not in self.hand.held:
                return False
            self._keep(ended)
        return True

    def _keep(self, ended: Ended) -> None:
        """Put an end with those that are to be brought to the store."""
        with self.hand.lock:
            self.hand.ended_at = self.hand.ended_at if self.hand.ended else time.monotonic()
            self.hand.ended.append(ended)

    def _is_time(self) -> bool:
        """Say whether ends should go now: nothing else is to be done, they are many, or one has waited long enough."""
        hand = self.hand
        with hand.lock:
            late = time.monotonic() - hand.ended_at > FLUSH_SEC
            return bool(hand.ended) and (not hand.waiting or len(hand.ended) >= AHEAD or late)

    def _take_ended(self) -> list[Ended]:
        with self.hand.lock:
            ended, self.hand.ended = self.hand.ended, []
            return ended

    def _deliver(self, ended: list[Ended], patience_sec: float = math.inf) -> None:
        """Bring ends to the store, and take the next runs; a stale end is fenced there.

        A store that is away is waited for, by default for ever; after `patience_sec` the leases are left to run out.
        """
        wait, over_at = 0.1, time.monotonic() + patience_sec
        while ended and not self.stopped.is_set():
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
        asked_at = time.monotonic()
        answer = exchange(self.platform.store, self.worker_id, self.platform.settings.lease, ended, take)
        for foreign in answer.refused:
            LOG.warning("message.refused", message=foreign[:200], reason="no run has this id")
        taken = [one for claimed in answer.taken if (one := self._execution(claimed, asked_at))]
        with self.hand.lock:
            for end in ended:
                self.hand.held.pop((end.run_id, end.token), None)
            self.hand.held.update((execution.claim, execution) for execution in taken)
            self.hand.lock.notify_all()
        return taken

    def _execution(self, claimed: Claimed, asked_at: float) -> Execution | None:
        """Return the claimed run ready to be executed; a record that cannot be read ends as failed."""
        try:
            return Execution(self.platform, claimed, asked_at)
        except (KeyError, ValueError) as fault:
            LOG.error("run.unreadable", run_id=claimed.run_id, fault=repr(fault))
            error = f"the run's record cannot be read: {fault!r}"
            result = json.dumps({"success": False, "output": None, "error": error, "duration_ms": None})
            self._keep(Ended(claimed.run_id, claimed.token, "failed", result, FailureKind.ERROR, error))
            return None

    def _let_go(self, execution: Execution) -> bool:
        """Stop holding a run before somebody else ends it here; False when its end is on its way already."""
        with self.hand.lock:
            return self.hand.held.pop(execution.claim, None) is not None
