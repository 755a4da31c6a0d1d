"""The few figures that stand on every page: three round trips, however much there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis.exceptions import ResponseError

from runners.engine import clock
from runners.engine.approval import ApprovalStatus
from runners.engine.run import at
from runners.engine.store.connection import Store
from runners.engine.store.facts import MINUTE_MS, MINUTES_SHOWN, DepthSample, counted, depth_sample
from runners.engine.store.keys import PRIORITIES
from runners.engine.store.processes import OFFLINE_AFTER, STALE_AFTER

DEPTHS_SHOWN = 180
"""Samples of half an hour."""
PROCESSES_ASKED = 200
"""Those that beat last; more than so many are not counted here."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the deployment is, in a line. `depths` are oldest first; `failed` counts the runs of the last hour.

    `workers` are online; `scheduler_at` is the last beat of a scheduler that has not said goodbye, None when none of the last
    half minute has.
    """

    depth: int
    depths: tuple[DepthSample, ...]
    pressure: bool
    running: int
    failed: int
    approvals: int
    workers: int
    scheduler_at: datetime | None


def read(store: Store) -> Vitals:
    """Return how the deployment is now; what cannot be read counts as nothing."""
    now, keys = store.now(), store.keys
    minute = clock.to_ms(now) // MINUTE_MS
    pipe = store.redis.pipeline(transaction=False)
    for key in (keys.leases, keys.approvals_in(ApprovalStatus.PENDING), *(keys.pending(name) for name in PRIORITIES)):
        pipe.zcard(key)
    pipe.hget(keys.pressure, "on")
    pipe.lrange(keys.depths, 0, DEPTHS_SHOWN - 1)
    pipe.zrevrangebyscore(keys.processes, "+inf", clock.to_ms(now - OFFLINE_AFTER), 0, PROCESSES_ASKED)
    for number in range(minute - MINUTES_SHOWN + 1, minute + 1):
        pipe.hget(keys.minute(number), "failed")
    running, approvals, *depths, pressure, rows, process_ids = (answers := _answers(pipe))[:8]
    beats = _beats(store, process_ids or [])
    return Vitals(
        depth=sum(depth or 0 for depth in depths),
        depths=tuple(found for row in reversed(rows or []) if (found := depth_sample(row))),
        pressure=pressure == "1",
        running=running or 0,
        failed=sum(counted(text or "") or 0 for text in answers[8:]),
        approvals=approvals or 0,
        workers=sum(1 for kind, beat in beats if kind == "worker" and now - beat <= STALE_AFTER),
        scheduler_at=max((beat for kind, beat in beats if kind == "scheduler"), default=None),
    )


def _beats(store: Store, process_ids: Iterable[str]) -> list[tuple[str, datetime]]:
    """Return the type and the last beat of those processes that have not said goodbye."""
    pipe = store.redis.pipeline(transaction=False)
    for process_id in process_ids:
        pipe.hmget(store.keys.process(process_id), "type", "beat_at", "left_at")
    found = [answer or (None, None, None) for answer in _answers(pipe)]
    return [(kind, beat) for kind, text, left in found if kind and not left and (beat := _moment(text))]


def _moment(text: str | None) -> datetime | None:
    try:
        return at(text)
    except ValueError:
        return None


def _answers(pipe: Any) -> list[Any]:
    """Return what was asked for, None in the place of a key of another type. Raises every other error."""
    return [_readable(answer) for answer in pipe.execute(raise_on_error=False)]


def _readable(answer: Any) -> Any:
    if isinstance(answer, ResponseError) and "WRONGTYPE" in str(answer):
        return None
    if isinstance(answer, Exception):
        raise answer
    return answer
