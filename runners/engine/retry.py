"""How long to wait after a failure: before the next attempt, and before the next run."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol


class RetryRule(Protocol):
    """What a retry policy says: how many retries, and the waits between them in seconds."""

    @property
    def max_retry(self) -> int: ...
    @property
    def backoff_sec(self) -> tuple[int, ...]: ...


def delay(retry_policy: RetryRule, attempt: int) -> timedelta | None:
    """Return the wait after attempt `attempt` failed (counting from 0), or None when no attempt is left.

    The last of `backoff_sec` repeats; an empty list means no wait. Raises ValueError if `attempt` is negative.
    """
    if attempt < 0:
        raise ValueError(f"attempt {attempt} is negative; attempts count from 0")
    if attempt >= retry_policy.max_retry:
        return None
    waits = retry_policy.backoff_sec or (0,)
    return timedelta(seconds=waits[min(attempt, len(waits) - 1)])


def cooldown(threshold: int, base: timedelta, maximum: timedelta, failures: int) -> timedelta:
    """Return how long a job rests after `failures` failed runs in a row; zero below `threshold`.

    `min(maximum, base * 2 ** (failures - threshold))` (contract §6), reckoned without ever leaving timedelta's range.
    """
    if failures < threshold:
        return timedelta()
    doublings = min(failures - threshold, (maximum // base).bit_length())
    return min(maximum, base * (1 << doublings))
