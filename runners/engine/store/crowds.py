"""How many jobs are to be looked at in the same second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from runners.engine import clock
from runners.engine.store.connection import Store
from runners.engine.store.keys import LANES


def crowds(store: Store, moments: Sequence[datetime]) -> list[int]:
    """Return for each moment how many jobs are due in its second, as the due index has it now; one round trip.

    A job stands there with its next look only, so the numbers are the least that will be. The cost grows with the moments
    asked for and with the logarithm of the jobs.
    """
    pipeline = store.redis.pipeline(transaction=False)
    for moment in moments:
        first = clock.to_ms(moment.replace(microsecond=0))
        for lane in LANES:
            pipeline.zcount(store.keys.due(lane), first, first + 999)
    counts = iter(pipeline.execute() if moments else [])
    return [sum(pair) for pair in zip(counts, counts, strict=True)]
