"""RQ's queue and job, as the platform uses them: stock RQ tools show them truthfully.

Runs wait in a Stream or a list under our own keys (stock tools take every `rq:queue:*` for a list), and the pending
sets are the truth about what waits; the messages are hints. Messages are pushed and taken by the scripts alone.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError
from rq import Queue
from rq.job import Job as RqJob
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer
from rq.utils import as_text

from runners.engine.pool import DEFAULT
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES, Keys

QUEUES = PRIORITIES
"""The names of the three RQ queues, in the order in which workers take from them."""


class RunJob(RqJob):
    """The RQ job of a run: JSON only, so that nothing put into Redis is ever unpickled."""

    def __init__(self, id: str, connection: Redis, serializer: Any = None) -> None:
        super().__init__(id, connection=connection, serializer=JSONSerializer)
        self.execution: Any = None
        self._entry: Callable[[str], object] | None = None

    @classmethod
    def of(cls, run_id: str, payload: bytes, entry: Callable[[str], object], connection: Redis) -> "RunJob":
        """Return the RQ job of a claimed run, whose payload was checked: it names `entry` and the run.

        RQ sets up the first job of a connection; the others begin as its copies.
        """
        job = cls.__new__(cls)
        job.__dict__.update(_blank(connection).__dict__)
        job._id, job.data, job._entry = run_id, payload, entry
        return job

    def _execute(self) -> object:
        """Call what the checked payload names: RQ would parse it, and look the function up by its name, in every run."""
        return super()._execute() if self._entry is None else self._entry(self.id)

    @classmethod
    def carrying(cls, execution: Any, connection: Redis) -> "RunJob":
        """Return the RQ job of a claimed run, with the execution that its worker goes on with."""
        rq_job = cls(execution.run_id, connection)
        rq_job.execution = execution
        return rq_job


@lru_cache(maxsize=4)
def _blank(connection: Redis) -> RunJob:
    return RunJob("run_", connection)


class RunQueue(Queue):
    """One priority. `KEY_PREFIX` names the deployment, because stock commands pass nothing but a connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"serializer": JSONSerializer}))
        self.keys = Keys(os.environ.get("KEY_PREFIX", "mj:"))

    @property
    def count(self) -> int:
        """Runs waiting now: the pending set, never the length of a stream or a list."""
        return int(self.connection.zcard(self.keys.pending(self.name)))

    def get_job_ids(self, offset: int = 0, length: int = -1) -> list[str]:
        """Return the ids of waiting runs, oldest first; a negative length means all."""
        last = offset + length - 1 if length >= 0 else -1
        return [] if length == 0 else _texts(self.connection.zrange(self.keys.pending(self.name), offset, last))

    def empty(self) -> int:
        """Drop all messages of every pool, as `rq empty` asks. The runs stay queued: reconcile pushes them again.

        Returns the number of runs that this concerns.
        """
        for pool in (DEFAULT, *_texts(self.connection.smembers(self.keys.pools))):
            self.connection.delete(self.keys.stream(self.name, pool), self.keys.queue_list(self.name, pool))
        return self.count

    @property
    def started_job_registry(self) -> "RunningRegistry":
        """The runs that hold a lease."""
        return RunningRegistry(queue=self, job_class=self.job_class, serializer=self.serializer)


class RunningRegistry(StartedJobRegistry):
    """What `rq info` counts as executing: this priority's runs with a lease."""

    def get_job_ids(self, *_: Any, **__: Any) -> list[str]:
        """Return the ids of the runs of this queue that execute now."""
        keys = Keys(os.environ.get("KEY_PREFIX", "mj:"))
        runs = _texts(self.connection.zrange(keys.leases, 0, -1))
        pipe = self.connection.pipeline(transaction=False)
        for run in runs:
            pipe.hget(keys.run(run), "priority")
        return [
            run
            for run, priority in zip(runs, pipe.execute(), strict=True)
            if priority and as_text(priority) == self.name
        ]

    @property
    def count(self) -> int:
        """Runs of this queue that execute now."""
        return len(self.get_job_ids())


def _texts(members: Any) -> list[str]:
    return [as_text(member) for member in members]


def register_queues(connection: Redis) -> None:
    """Make the three queues known to stock RQ tools."""
    connection.sadd(RunQueue.redis_queues_keys, *(RunQueue.redis_queue_namespace_prefix + name for name in QUEUES))


def forget_consumer(store: Store, worker_id: str, pool: str) -> None:
    """Take a worker that leaves out of the streams' consumer groups; what it gave back has new messages by now."""
    if store.mode.name != "streams":
        return
    for name in QUEUES:
        with suppress(ResponseError):  # a stream that nobody has used yet has no group
            store.redis.xgroup_delconsumer(store.keys.stream(name, pool), "workers", worker_id)
