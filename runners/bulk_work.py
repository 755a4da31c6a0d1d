"""Doing bulk operations: every scheduler offers a hand, one of them does a bit at a time, and whoever is killed loses nothing.

What is done to a run has one effect however often it is done, and is put down once. So the turn is no lock: it keeps the rate.
"""

from __future__ import annotations

import time

import structlog

from runners.engine.bulk import AT_ONCE, EVERY, Bulk, Item
from runners.engine.operations.bulk_steps import Bit, Held
from runners.engine.operations.job_bulk_steps import JobBit
from runners.engine.platform import Platform
from runners.engine.protocol import bulk as protocol
from runners.engine.store import bulks

LOG = structlog.get_logger("runners.bulk_work")


class BulkWork:
    """One process's hand. `step` is cheap while there is nothing to do."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._next_look = 0.0

    def step(self) -> None:
        """Do the next bit of the operation that waits for the longest time, if it is time for one. Raises RedisError."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + EVERY.total_seconds()
        store = self.platform.store
        bulk_id = bulks.next_open(store)
        if bulk_id is None or not bulks.take_turn(store):
            return
        bulk = bulks.load_bulk(store, bulk_id)
        if bulk is None or not bulk.state.works:
            LOG.error("bulk.unreadable", bulk_id=bulk_id)
            bulks.close(store, bulk_id)
            return
        self._do(bulk)

    def _do(self, bulk: Bulk) -> None:
        store, bit = self.platform.store, (JobBit if bulk.action.on_jobs else Bit)(self.platform, bulk)
        items: list[Item] = []
        held: list[str] = []
        for subject in bulks.todo(store, bulk.bulk_id, AT_ONCE):
            became = bit.do(subject)
            if became is None:
                return
            if isinstance(became, Item):
                items.append(became)
            elif isinstance(became, Held):
                held.append(became.run_id)
        held_by = "" if items else next(iter(bit.held.values()), "")
        if not protocol.done(store, bulk, items, held, held_by):
            LOG.info("bulk.ended", bulk_id=bulk.bulk_id)
        elif held and not items and bulks.is_alone(store):
            bulks.rest(store)
