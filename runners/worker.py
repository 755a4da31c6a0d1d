"""The worker process: RQ's worker around our slots.

RQ carries registration, heartbeat, `rq info`, suspension, the stop command, signals and the work loop; the runs
themselves go through the dispatch protocol (`slots`), because RQ's own path is not atomic (docs/decisions).
"""

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from redis.exceptions import RedisError
from rq import worker_registration
from rq.command import parse_payload
from rq.utils import now
from rq.worker import BaseWorker, WorkerStatus

from runners.engine.handler import Cancelled
from runners.engine.platform import Platform
from runners.engine.queue import QUEUES, RunJob, RunQueue, forget_consumer, register_queues
from runners.engine.store.hashes import set_fields
from runners.notifier import Notifying
from runners.printed import hide_in_prints
from runners.process import Beating
from runners.renewals import Renewals, Watch
from runners.slots import Slots
from runners.telling import Teller

LOG = structlog.get_logger("runners.worker")
BLOCK_SEC = 1
NAMED = 3


class RunWorker(BaseWorker):
    """An RQ worker with `WORKER_CONCURRENCY` slots in one process. Stock RQ tools construct it without a platform."""

    queue_class = RunQueue
    slots: Slots
    _queue_named: dict[str, Any]
    _looked_at = 0.0
    _beaten_at = 0.0
    _more_waits = True

    @classmethod
    def on(cls, platform: Platform) -> "RunWorker":
        """Return a worker of all three queues on this platform."""
        worker = cls(list(QUEUES), name=worker_name(), connection=platform.store.rq_redis)
        worker.slots = Slots(platform, worker.name, platform.settings.worker_concurrency)
        worker._queue_named = {queue.name: queue for queue in worker.queues}
        return worker

    def check_for_suspension(self, burst: bool) -> None:
        """Wait while `rq suspend` holds; asked once a second, not once a run. A store that is away is waited for."""
        if time.monotonic() - self._looked_at < BLOCK_SEC:
            return
        self._looked_at = time.monotonic()
        try:
            super().check_for_suspension(burst)
        except RedisError as error:
            LOG.warning("store.away", error=str(error))

    def register_birth(self) -> None:
        """Register with RQ's tools, in words that every server knows: before 4.0 HSET takes one field only.

        A server that is full refuses it; a later heartbeat does it then.
        """
        self.birth_date = self.last_heartbeat = now()
        try:
            register_queues(self.connection)
            with self.connection.pipeline() as pipeline:
                set_fields(pipeline, self.key, self.serialize())
                worker_registration.register(self, pipeline)
                pipeline.expire(self.key, self.worker_ttl + 60)
                pipeline.execute()
        except RedisError as error:
            LOG.warning("store.away", error=str(error))

    def subscribe(self) -> None:
        """Listen to RQ's commands. A store that goes away while this process starts is waited for, as later on."""
        while not self._stop_requested:
            try:
                super().subscribe()
                return
            except RedisError as error:
                LOG.warning("store.away", error=str(error))
                self.slots.closing.wait(BLOCK_SEC)

    def set_state(self, state: str, pipeline: Any = None) -> None:
        """Tell RQ's tools. It must not raise: what was claimed just before would be held for ever and never started."""
        try:
            super().set_state(state, pipeline)
        except RedisError as error:
            LOG.warning("store.away", error=str(error))

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Beat at most every five seconds, RQ's loop asks several times a run; register again with a store that was emptied."""
        if pipeline is not None:  # RQ's look for a suspension beats, too
            super().heartbeat(timeout, pipeline)
            return
        if time.monotonic() - self._beaten_at < 5:
            return
        self._beaten_at = time.monotonic()
        try:
            super().heartbeat(timeout)
            if not self.connection.hexists(self.key, "birth"):
                self.register_birth()  # the store was emptied
        except RedisError as error:
            LOG.warning("store.away", error=str(error))

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Any, Any] | None:
        """Return the next claimed run as an RQ job, or None when the worker stops (or, in burst mode, finds nothing)."""
        while not self._stop_requested:
            self.heartbeat()
            self.check_for_suspension(burst=False)
            claimed = self._claim()
            if claimed:
                first = claimed[0]
                return RunJob.carrying(first, self.connection), self._queue_named[first.run.priority]
            if timeout is None:
                return None
        return None

    def execute_job(self, job: Any, queue: Any) -> None:
        """Tell RQ's tools; the run is with its slot already, and unlike RQ's this worker does not wait for its end."""
        self._show(WorkerStatus.BUSY)

    def _claim(self) -> list[Any]:
        """Begin as many runs as there are free slots; block for a while when there is no slot or no run.

        They begin before RQ's bookkeeping, for which no run need wait.
        """
        try:
            self.slots.wait_free(BLOCK_SEC)
            claimed = self._take(self.slots.begin) if self._more_waits else []
            if not claimed and self.slots.free():
                self._show(WorkerStatus.BUSY if self.slots.executions() else WorkerStatus.IDLE)
                claimed = self._take(self.slots.begin_when_woken)
            return claimed
        except RedisError as error:
            LOG.warning("store.away", error=str(error))
            self._more_waits = True
            self.slots.closing.wait(BLOCK_SEC)
            return []

    def _take(self, claim: Callable[[int], list[Any]]) -> list[Any]:
        """Claim for all free slots. Fewer than asked for were all: whatever comes later wakes somebody, and is not asked for."""
        free = self.slots.free()
        claimed = claim(free) if free else []
        self._more_waits = len(claimed) == free
        return claimed

    def _show(self, state: str) -> None:
        if self.get_state() != state:
            self.set_state(state)

    def _shutdown(self) -> None:
        """Stop taking runs. RQ's own raises out of whatever the main thread does, a claim included."""
        self._stop_requested = True

    def request_force_stop(self, signum: int, frame: Any) -> None:
        """A second signal changes nothing: the grace runs already, and its end gives the rest back."""

    def _install_signal_handlers(self) -> None:
        """Only the main thread may: in memory mode the worker is a thread."""
        if threading.current_thread() is threading.main_thread():
            super()._install_signal_handlers()

    def handle_payload(self, message: Any) -> None:
        """Let RQ's stop command (`send_stop_job_command`) cancel the run that it names.

        A message that is no command is refused: an error raised here would end the listening for good.
        """
        try:
            payload = parse_payload(message)
            if payload["command"] != "stop-job":
                super().handle_payload(message)
                return
            stopped = payload["job_id"]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            LOG.warning("command.refused", error=str(error))
            return
        for execution in self.slots.executions():
            if execution.run_id == stopped:
                execution.stop(Cancelled)

    def run_maintenance_tasks(self) -> None:
        """Forget workers that died. RQ's own also cleans registries, and calls any callback that a stranger put there."""
        try:
            for queue in self.queues:
                worker_registration.clean_worker_registry(queue)
        except RedisError as error:
            LOG.warning("store.away", error=str(error))
        self.last_cleaned_at = now()  # type: ignore[assignment]  # RQ declares it by its first value, None

    def teardown(self) -> None:
        """Drain within the grace, give back what is not finished, then leave the streams' groups and RQ's registry."""
        self.slots.drain(self.slots.platform.settings.shutdown_grace.total_seconds())
        try:
            forget_consumer(self.slots.platform.store, self.name, self.slots.platform.settings.worker_pool)
            super().teardown()
        except RedisError as error:
            LOG.warning("store.away", error=str(error))


def worker_name() -> str:
    """Return a name that is unique, and safe in keys and JSON."""
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:40]
    return f"worker-{host}-{os.getpid()}-{uuid4().hex[:6]}"


def main(platform: Platform, stop: threading.Event | None = None) -> None:
    """Run a worker until SIGTERM or SIGINT, or until `stop` is set (memory mode, where it is a thread)."""
    hide_in_prints()
    worker = RunWorker.on(platform)
    slots = worker.slots
    if stop is not None:
        threading.Thread(target=_stop_after, args=(stop, worker), daemon=True, name="worker-stop").start()
    with (
        Beating(
            platform, "worker", worker.name, lambda: doing(worker), slots.concurrency, slots.draining.set, end_itself
        ),
        Notifying(platform),
        Renewals(slots),
        Watch(slots),
        Teller(),
    ):
        slots.start()
        worker.work(logging_level="WARNING")


def end_itself() -> None:
    """End this process as whoever runs it does: by the signal that starts the grace."""
    os.kill(os.getpid(), signal.SIGTERM)


def doing(worker: RunWorker) -> str:
    """Return in a few words what the worker does now."""
    held = worker.slots.executions()
    if worker._stop_requested:
        return f"stopping, {len(held)} of its runs to end" if held else "stopping"
    if worker.slots.draining.is_set():
        return f"draining, {len(held)} of its runs to end" if held else "drained, takes no more runs; it can be stopped"
    if not held:
        return f"idle, {worker.slots.concurrency} slots"
    return f"{len(held)} of {worker.slots.concurrency} slots: {_named({execution.job_id for execution in held})}"


def _named(jobs: set[str]) -> str:
    """Return the first jobs by name, and how many more there are: no list without an end on a page."""
    more = len(jobs) - NAMED
    return ", ".join(sorted(jobs)[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _stop_after(stop: threading.Event, worker: RunWorker) -> None:
    stop.wait()
    worker._shutdown()
