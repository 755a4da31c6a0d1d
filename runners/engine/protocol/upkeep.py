"""Typed calls of reap and reconcile: what keeps runs from being stuck."""

from collections.abc import Mapping

from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store

BATCH = 500


def reap(store: Store, leases: Mapping[str, int]) -> dict[str, str]:
    """Take back runs whose lease score (ms) has not moved from the given one, and move due retries and expired runs on.

    Returns what became of each: requeued, failed, cancelled, alive (it has moved after all) or ghost.
    """
    arguments = [part for pair in leases.items() for part in pair]
    words = call(store, "reap", len(leases), *arguments)
    return dict(zip(leases, map(str, words), strict=True))


def reconcile(store: Store) -> int:
    """Push queued runs again whose message is gone, and wake what waits for free places. Returns messages pushed."""
    return int(call(store, "reconcile", BATCH))
