"""Typed calls of reap and reconcile: what keeps runs from being stuck."""

from collections.abc import Mapping

from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store

BATCH = 500
AT_ONCE = 100
"""Lost runs that one call takes back, so that a host full of workers that dies never blocks the server for long."""


def reap(store: Store, leases: Mapping[str, int]) -> dict[str, str]:
    """Take back runs whose lease score (ms) has not moved from the given one, and move due retries and expired runs on.

    Returns what became of each: requeued, failed, cancelled, alive (it has moved after all) or ghost.
    """
    pairs, became = list(leases.items()), dict[str, str]()
    for start in range(0, max(1, len(pairs)), AT_ONCE):
        part = pairs[start : start + AT_ONCE]
        arguments: list[str | int] = [each for pair in part for each in pair]
        words = call(store, "reap", len(part), *arguments)
        became |= zip((run_id for run_id, _ in part), map(str, words), strict=True)
    return became


def reconcile(store: Store) -> int:
    """Push queued runs again whose message is gone, and wake what waits for free places; a batch of each.

    Returns the number of messages pushed.
    """
    return int(call(store, "reconcile", BATCH))
