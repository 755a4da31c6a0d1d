"""A worker's slots: threads that execute claimed runs, finish them, and take the next in the same call.

A run counts as held from its claim until the store has taken its end. Runs are taken ahead only while they are short,
so that a long one never keeps others waiting behind it in this process; where it does all the same, they are given back.
Their ends go to the store in batches, by whichever thread is free, so that no end waits for the run with which its
thread went on.
"""

import json
import math
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from functools import partial

import structlog
from redis.exceptions import RedisError

from runners.engine.platform import Platform
from runners.engine.protocol.work import Claimed, Ended, Exchanged, claim_when_woken, exchange, renew
from runners.engine.run import FailureKind
from runners.execution import Execution, GivenBack
from runners.hand import BATCH, Hand
from runners.isolation.warm import NURSERY
from runners.perform import carry_out, failed

LOG = structlog.get_logger("runners.slots")
SHORT_SEC = 0.002
AHEAD = 32
"""Runs that are taken beyond the free slots while runs take less than `SHORT_SEC` on average."""
WAIT_SEC = 1
"""How long the store is waited on for a run: whole seconds, because servers before 6 know no others."""
LEASE_PART = 0.1
"""What a wait may use up of the lease that is claimed at its end."""
BEGIN_SEC = 0.005
"""Who claims runs stands aside for so long: two threads of one interpreter keep each other waiting."""
STUCK_SEC = 0.25
"""A run that no thread has begun with for so long is given back, for another worker."""
OVERTIME_SEC = 2.0
"""A handler that ignores its deadline loses its run this long after it."""


class Slots:
    """`concurrency` threads over one store. `claim` fills them; `drain` ends them within a grace."""

    def __init__(self, platform: Platform, worker_id: str, concurrency: int) -> None:
        self.platform = platform
        self.worker_id = worker_id
        self.concurrency = concurrency
        self.hand = Hand()
        self.average_sec = 1.0
        self._promised = 0
        self.closing = threading.Event()
        self.draining = threading.Event()
        self.stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads."""
        for _ in range(self.concurrency):
            self._start_thread()

    def free(self) -> int:
        """Return how many runs may be claimed now."""
        ahead = AHEAD if self.average_sec < SHORT_SEC else 0
        room = self.concurrency + ahead - len(self.hand.held) - self._promised
        return 0 if self._takes_no_more() else max(0, room)

    def wait_free(self, timeout_sec: float) -> None:
        """Wait until a run may be claimed, at most `timeout_sec`."""
        self.hand.wait_until(lambda: self.free() > 0 or self.closing.is_set(), timeout_sec)

    def claim(self, take: int) -> list[Execution]:
        """Claim up to `take` runs from the store; they are held from now on. Raises RedisError."""
        return self._exchange([], take)

    def claim_when_woken(self, take: int) -> list[Execution]:
        """Wait until a run comes, a second at most, and claim up to `take` runs; they are held from now on. Raises RedisError.

        Threads that end runs meanwhile leave room for so many.
        """
        asked_at, self._promised = time.monotonic(), take
        try:
            lease = self.platform.settings.lease
            pool = self.platform.settings.worker_pool
            answer = claim_when_woken(self.platform.store, self.worker_id, lease, take, WAIT_SEC, pool)
            return self._take(answer, self._leased_since(answer.taken, asked_at))
        finally:
            self._promised = 0

    def begin(self, take: int) -> list[Execution]:
        """Claim up to `take` runs and hand them to the threads. Raises RedisError."""
        claimed = self.claim(take)
        self.submit(*claimed)
        return claimed

    def begin_when_woken(self, take: int) -> list[Execution]:
        """As `begin`, when a run comes, a second at most. Raises RedisError.

        It is a thread that waits, where one is idle, and it executes the first run itself: to wake another one for it takes
        as long as to claim it.
        """
        told: Future[list[Execution]] = Future()
        self._promised = take
        errand = partial(self._wait, take, told)
        if not self.hand.send(errand):
            claimed = self.claim_when_woken(take)
            self.submit(*claimed)
            return claimed
        while True:
            try:
                return told.result(WAIT_SEC)
            except TimeoutError:
                if told.done():  # meanwhile, or it is what the errand raised
                    return told.result()
                if self.hand.take_back(errand):  # the thread has found something else to do
                    self._promised = 0
                    return []

    def _wait(self, take: int, told: "Future[list[Execution]]") -> Execution | None:
        """Wait for runs, hand them over but for the first, which is returned, and tell whoever sent this thread."""
        try:
            claimed = self.claim_when_woken(take)
        except BaseException as error:
            told.set_exception(error)
            return None
        if len(claimed) > 1:
            self.hand.submit(claimed[1:])
        told.set_result(claimed)
        return claimed[0] if claimed else None

    def _leased_since(self, taken: Sequence[Claimed], asked_at: float) -> float:
        """Return from when on these leases surely count, which were asked for before a wait.

        They are renewed at once where they are so short that the wait may have been a part of them.
        """
        lease, again_at = self.platform.settings.lease, time.monotonic()
        if not taken or again_at - asked_at < lease.total_seconds() * LEASE_PART:
            return asked_at
        try:
            words = renew(self.platform.store, lease, [(claimed.run_id, claimed.token) for claimed in taken])
        except RedisError as error:
            LOG.warning("store.away", error=str(error))
            return asked_at
        return asked_at if "lost" in words else again_at

    def submit(self, *executions: Execution) -> None:
        """Hand held runs to the threads, and leave them the interpreter until they have begun."""
        self.hand.submit(executions)
        self.hand.wait_begun(BEGIN_SEC)

    def executions(self) -> list[Execution]:
        """Return what is held now."""
        with self.hand.lock:
            return list(self.hand.held.values())

    def overdue(self) -> None:
        """End, as timed out, runs whose handler ignores its deadline; their threads are left behind and replaced.

        Ends for which no thread is free get one of their own: whoever calls this renews leases and must not wait.
        """
        for execution in self.executions():
            if time.monotonic() > execution.deadline + OVERTIME_SEC and self.hand.let_go(execution, replaced=True):
                execution.end_telling(wait=False)
                self._start_thread()
                message = f"ran longer than its timeout of {execution.run.timeout_ms} ms and did not stop when told"
                self.hand.keep(failed(execution, FailureKind.TIMEOUT, message))
        self._give_back_stuck()
        if ends := self.hand.late_ends():
            threading.Thread(target=self._deliver, args=(ends,), daemon=True, name="ends").start()

    def _give_back_stuck(self) -> None:
        """Give back what was taken ahead, and waits since behind runs that are longer than those before them."""
        for execution in self.hand.unstarted(for_sec=STUCK_SEC):
            self.average_sec = STUCK_SEC
            if self.hand.let_go(execution):
                self.hand.keep(Ended(execution.run_id, execution.claimed.token, "returned"))

    def drain(self, grace_sec: float) -> None:
        """Let what runs finish within `grace_sec`, then give the rest back unfinished, without using up an attempt."""
        self.closing.set()
        self._give_back(self.hand.unstarted())
        self._wait_empty(grace_sec)
        for execution in self.executions():
            execution.stop(GivenBack)
        self._wait_empty(OVERTIME_SEC)
        NURSERY.close()  # what another worker may start from now on must not go on here
        self._give_back(self.executions())
        self.stopped.set()
        self.hand.close()

    def _wait_empty(self, seconds: float) -> None:
        self.hand.wait_until(lambda: not self.hand.held, seconds)

    def _give_back(self, executions: list[Execution]) -> None:
        given = [one for one in executions if self.hand.let_go(one)]
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
        while not self.stopped.is_set():
            turn = self.hand.next_turn()
            if turn.ends:
                self._deliver(turn.ends)
            execution = turn.errand() if turn.errand else turn.execution
            if execution and not self._execute(execution):
                return  # this thread overslept its run and was replaced

    def _execute(self, execution: Execution) -> bool:
        """Carry the run out and keep its end; False when another thread has taken the place of this one."""
        started = time.monotonic()
        ended = carry_out(execution, self.platform.store.rq_redis)
        execution.deadline = math.inf  # its end is on its way, however long that takes
        execution.end_telling()
        self.average_sec = 0.9 * self.average_sec + 0.1 * (time.monotonic() - started)
        return self.hand.end(execution, ended)

    def _deliver(self, ended: Iterable[Ended], patience_sec: float = math.inf) -> None:
        """Bring ends to the store, and take the next runs; a stale end is fenced there."""
        try:
            self._bring(list(ended), patience_sec)
        finally:
            self.hand.delivered()

    def _bring(self, ended: list[Ended], patience_sec: float) -> None:
        """A store that is away is waited for, by default for ever; after `patience_sec` the leases are left to run out."""
        wait, over_at = 0.1, time.monotonic() + patience_sec
        while ended and not self.stopped.is_set():
            try:
                self.hand.submit(self._exchange(ended, self._take_size(ended)))
                return
            except RedisError as error:
                LOG.warning("store.away", error=str(error), runs=[one.run_id for one in ended])
                if time.monotonic() > over_at:
                    return
                self.stopped.wait(wait)
                wait = min(wait * 2, 5.0)

    def _takes_no_more(self) -> bool:
        """Say whether the worker ends, or drains for good: a drained one stays idle until it is stopped."""
        return self.closing.is_set() or self.draining.is_set()

    def _take_size(self, ended: list[Ended]) -> int:
        """Return how many runs to take with these ends: as many as they make room for, and as there is room already."""
        made = sum((one.run_id, one.token) in self.hand.held for one in ended)
        return 0 if self._takes_no_more() else min(max(BATCH, made), self.free() + made)

    def _exchange(self, ended: list[Ended], take: int) -> list[Execution]:
        asked_at = time.monotonic()
        settings = self.platform.settings
        answer = exchange(self.platform.store, self.worker_id, settings.lease, ended, take, settings.worker_pool)
        return self._take(answer, asked_at, ended)

    def _take(self, answer: Exchanged, asked_at: float, ended: Sequence[Ended] = ()) -> list[Execution]:
        """Hold what was taken, instead of what has ended."""
        for foreign in answer.refused:
            LOG.warning("message.refused", message=foreign[:200], reason="no run has this id")
        taken = [one for claimed in answer.taken if (one := self._execution(claimed, asked_at))]
        self.hand.hold(taken, instead_of=ended)
        if self.free() or not self.hand.held:
            self.hand.offer_room()
        return taken

    def _execution(self, claimed: Claimed, asked_at: float) -> Execution | None:
        """Return the claimed run ready to be executed; a record that cannot be read ends as failed."""
        try:
            return Execution(self.platform, claimed, asked_at)
        except (KeyError, ValueError) as fault:
            LOG.error("run.unreadable", run_id=claimed.run_id, fault=repr(fault))
            error = f"the run's record cannot be read: {fault!r}"
            result = json.dumps({"success": False, "output": None, "error": error, "duration_ms": None})
            self.hand.keep(Ended(claimed.run_id, claimed.token, "failed", result, FailureKind.ERROR, error))
            return None
