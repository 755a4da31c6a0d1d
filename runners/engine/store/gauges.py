"""What can be measured of the deployment at one moment, whichever process asks: three round trips with the queue's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from runners.engine import clock
from runners.engine.approval import ApprovalStatus
from runners.engine.store.connection import Store
from runners.engine.store.keys import LANES

HTTP = "http"


@dataclass(frozen=True, slots=True)
class Gauges:
    """`scheduler_lag` is how long the job that is due longest has waited for a look; zero when none is due.

    `waiting_approval` counts runs.
    """

    scheduler_lag: timedelta
    waiting_approval: int
    approvals_pending: int


@dataclass(frozen=True, slots=True)
class HttpCount:
    """Requests that took more than the bucket below and at most `bucket_ms` (see facts.py), and their time together."""

    surface: str
    status: str
    bucket_ms: int
    requests: int
    spent_ms: int


def gauges(store: Store) -> Gauges:
    """Measure now; two round trips."""
    now = clock.to_ms(store.now())
    pipeline = store.redis.pipeline(transaction=False)
    for lane in LANES:
        pipeline.zrange(store.keys.due(lane), 0, 0, withscores=True)
    pipeline.zcard(store.keys.waiting_runs)
    pipeline.zcard(store.keys.approvals_in(ApprovalStatus.PENDING))
    *heads, waiting, pending = pipeline.execute()
    due: list[Any] = [head[0][1] for head in heads if head]
    lag = max([now - int(score) for score in due], default=0)
    return Gauges(timedelta(milliseconds=max(0, lag)), waiting, pending)


def add_http(store: Store, counts: list[HttpCount]) -> None:
    """Add the requests that one web process has answered to the counters of the whole deployment."""
    pipeline = store.redis.pipeline(transaction=True)
    for row in counts:
        pipeline.hincrby(store.keys.metrics, f"{HTTP}|{row.surface}|{row.status}|{row.bucket_ms}", row.requests)
        pipeline.hincrby(store.keys.metrics, f"{HTTP}_ms|{row.surface}|{row.status}", row.spent_ms)
    pipeline.execute()
