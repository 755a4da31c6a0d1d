"""Typed calls of exchange, renew and cancel: what a worker says of its runs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from runners.engine.audit import Author, Entry
from runners.engine.clock import MILLISECOND
from runners.engine.failure import like
from runners.engine.pool import DEFAULT, stored
from runners.engine.protocol.audit import audited
from runners.engine.protocol.scripts import call, call_when_woken
from runners.engine.run import FailureKind
from runners.engine.store.connection import Store

# fmt: off
TOLD_FIELDS = (
    "token", "priority", "job_id", "attempt", "attempts", "job_type", "slot_at", "created_at", "scheduled_at", "inputs",
    "timeout_ms", "max_retry", "backoff_sec", "on_worker_lost", "job_version", "pool",
)
LATER_FIELDS = ("redelivered", "granted")
ROW = (*TOLD_FIELDS, "run_id", "payload", *LATER_FIELDS)
# fmt: on
"""What the script returns of a claimed run, in its order; the last two only of one that has been back in the queue."""
ERROR_KEPT = 2000
"""Characters of an error that are kept in the attempt row and in failure memory."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that this worker holds: the record as claimed, its fencing token, and the RQ job's data."""

    run_id: str
    token: int
    payload: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a claimed run. `outcome` is success, failed, cancelled, returned (given back, unfinished) or asked.

    `retry_after` asks for another attempt; the script refuses it when `max_retry` is used up.
    `result` is the JSON of the run's result; `traceback` tells operators where its handler failed. `ask` is the approval
    that the run waits for when it asked for one (`asking.opened`).
    """

    run_id: str
    token: int
    outcome: str
    result: str = ""
    kind: FailureKind | None = None
    error: str | None = None
    retry_after: timedelta | None = None
    traceback: str = ""
    ask: tuple[str | int, ...] = ()

    def arguments(self) -> list[str | int]:
        """Return the script's arguments, in the order of `finish`."""
        error = "" if self.error is None else json.dumps(self.error[:ERROR_KEPT])
        delay = "" if self.retry_after is None else self.retry_after // MILLISECOND
        kind = self.kind or ""
        alike = [like(self.kind, self.error)] if self.outcome == "failed" else []
        return [
            self.run_id,
            self.token,
            self.outcome,
            kind,
            self.result,
            error,
            delay,
            self.traceback,
            *alike,
            *self.ask,
        ]


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The answer to one exchange: a word per ended run (its new status, or stale), the runs taken, refused messages."""

    finished: tuple[str, ...]
    taken: tuple[Claimed, ...]
    refused: tuple[str, ...]


def exchange(
    store: Store, worker_id: str, lease: timedelta, ended: Sequence[Ended], take: int, pool: str = DEFAULT
) -> Exchanged:
    """Finish what is done and claim up to `take` runs of the worker's pool, in one step. Critical runs come first."""
    return _exchanged(worker_id, call(store, "exchange", *_arguments(worker_id, lease, pool, ended, take)))


def claim_when_woken(
    store: Store, worker_id: str, lease: timedelta, take: int, wait_sec: int, pool: str = DEFAULT
) -> Exchanged:
    """Wait until a run comes into the pool, `wait_sec` at most, and claim up to `take` runs in the moment in which it does.

    What the server claimed counts, also where it refuses to wait; with nothing claimed, that refusal is raised.
    """
    arguments = _arguments(worker_id, lease, pool, (), take)
    answer, refusal = call_when_woken(store, store.keys.wake(pool), wait_sec, "exchange", *arguments)
    exchanged = _exchanged(worker_id, answer)
    if refusal and not exchanged.taken:
        raise refusal
    return exchanged


def _arguments(worker_id: str, lease: timedelta, pool: str, ended: Sequence[Ended], take: int) -> list[str | int]:
    parts = [argument for one in ended for argument in one.arguments()]
    return [worker_id, lease // MILLISECOND, stored(pool), len(ended), *parts, take]


def _exchanged(worker_id: str, answer: Sequence[Any]) -> Exchanged:
    finished, taken, refused, now_ms = answer
    written = {"status": "running", "started_at": now_ms, "worker_id": worker_id}
    return Exchanged(tuple(finished), tuple(_claimed(row, written) for row in taken), tuple(refused))


def _claimed(row: Sequence[Any], written: Mapping[str, str]) -> Claimed:
    read = {name: value for name, value in zip(ROW, row, strict=False) if value is not None}
    fields = {**read, **written}
    return Claimed(fields.pop("run_id"), int(fields["token"]), fields.pop("payload"), fields)


def renew(store: Store, lease: timedelta, held: Sequence[tuple[str, int]]) -> list[str]:
    """Renew the leases of runs, each with its token. Returns ok, cancel or lost for each."""
    arguments = [part for claim in held for part in claim]
    return [str(word) for word in call(store, "renew", lease // MILLISECOND, len(held), *arguments)]


def try_again(store: Store, run_id: str) -> None:
    """Take a run off the list of those that need a person: a new run does its work again."""
    store.redis.zrem(store.keys.poison, run_id)


def cancel(store: Store, run_id: str, author: Author, before: str | None = None) -> str:
    """Cancel a run, whose status was `before`. Returns cancelled, asked (its worker is told), final or gone."""
    was = None if before is None else {"status": before}
    entry = Entry(author, f"run:{run_id}", was, {"cancel_requested": True})
    return str(audited(store, entry, "cancel", run_id, json.dumps(f"cancelled by {author.name}")))
