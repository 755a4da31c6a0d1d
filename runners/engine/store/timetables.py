"""When all enabled jobs fall due in the coming day: read in one round trip, however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain

from runners.engine import clock
from runners.engine.crowding import Coming
from runners.engine.store.connection import Store
from runners.engine.store.keys import LANES


def read_coming(store: Store) -> dict[str, Coming]:
    """Return what is coming of each enabled job, by id; one round trip.

    A job whose interval a guard holds is not among them: when its slots go on is not known.
    """
    return read_all(store)[0]


def read_all(store: Store) -> tuple[dict[str, Coming], int]:
    """Return what is coming of each enabled job, by id, and how many are not among them because a guard holds their
    interval; one round trip.
    """
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.hgetall(store.keys.jobs_index)
    for lane in LANES:
        pipeline.zrange(store.keys.due(lane), 0, -1, withscores=True)
    index, *lanes = pipeline.execute()
    looks = dict(chain.from_iterable(lanes))
    found = dict(_coming(index, looks))
    return found, sum(_is_paced(text) for job_id, text in index.items() if job_id not in looks and job_id not in found)


def _is_paced(text: str) -> bool:
    """Say whether a job is enabled and has an interval."""
    try:
        enabled, _, _, _, when = json.loads(text)
        return bool(enabled) and len(when) == 1
    except (ValueError, TypeError, RecursionError):
        return False


def _coming(index: Mapping[str, str], looks: Mapping[str, float]) -> Iterator[tuple[str, Coming]]:
    for job_id, text in index.items():
        try:
            enabled, _, _, _, when = json.loads(text)
            if enabled and (job_id in looks or len(when) > 1):
                yield job_id, Coming(when, clock.from_ms(int(looks.get(job_id, 0))))
        except (ValueError, TypeError, RecursionError):  # a record that somebody broke, or of an older version
            continue
