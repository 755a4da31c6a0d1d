"""When all enabled jobs fall due in the coming day: read in one round trip, however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain

from runners.engine import clock
from runners.engine.clock import EPOCH
from runners.engine.crowding import Coming, When
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
    when = _enabled_when(text)
    return when is not None and len(when) == 1


def _coming(index: Mapping[str, str], looks: Mapping[str, float]) -> Iterator[tuple[str, Coming]]:
    for job_id, text in index.items():
        when, look = _enabled_when(text), looks.get(job_id)
        if when is not None and look is not None:
            yield job_id, Coming(when, clock.from_ms(int(look)))
        elif when is not None and len(when) > 1:
            yield job_id, Coming(when, EPOCH)


@lru_cache(maxsize=16_384)
def _enabled_when(text: str) -> When | None:
    """Return when a job is due; None for a disabled one, and for a record that somebody broke or that is of an older version.

    Asked again for the same texts whenever somebody looks at a day, which is ten times as dear as to remember them.
    """
    try:
        enabled, _, _, _, when, *_ = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    return when if enabled and isinstance(when, list) else None
