"""What holds a job back, looked at more closely: the runs that block it, and how fast the queue gets shorter."""

from __future__ import annotations

from collections.abc import Iterable

from runners.engine.outlook import Blocking
from runners.engine.store import facts, runs
from runners.engine.store.connection import Store
from runners.engine.store.strips import usual_durations

MINUTES = 5
"""The whole minutes that the present rate is taken from."""


def load_blocking(store: Store, run_ids: Iterable[str]) -> list[Blocking]:
    """Return the runs that can be read, each with what is usual for its job; two round trips."""
    found = runs.load_runs(store, run_ids)
    usual = usual_durations(store, {run.job_id for run in found.values()})
    return [Blocking(run, usual[run.job_id]) for run in found.values()]


def ended_per_minute(store: Store) -> float:
    """Return how many runs ended per minute in the last five whole minutes; one round trip."""
    past = facts.minutes(store, store.now(), MINUTES + 1)[:-1]
    return sum(minute.success + minute.failed + minute.cancelled for minute in past) / MINUTES
