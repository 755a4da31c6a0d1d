"""The audit: whether its chain is whole, as far as the newest entries tell, and whether this process has its key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from redis.exceptions import ResponseError

from runners import auditing
from runners.doctor.finding import Finding
from runners.engine.errors import StoreAway
from runners.engine.platform import Platform

LOOKED_AT_MOST = 20_000
FAULTS_TOLD = 5


def audit(platform: Platform, most: int | None = None) -> Iterator[Finding]:
    """Yield what is wrong with the newest entries, at most `most` (LOOKED_AT_MOST), or that nothing is."""
    most = most or LOOKED_AT_MOST
    try:
        count: Any = platform.store.redis.zcard(platform.store.keys.audit)
        part = most if count > most else None
        checked = auditing.look(platform, part)
    except (StoreAway, ResponseError) as error:
        yield Finding("audit", False, f"it cannot be read, so every change is refused: {error}")
        return
    for fault in checked.faults[:FAULTS_TOLD]:
        yield Finding("audit", False, f"{fault}; see `multijob audit verify`")
    if not checked.faults:
        looked_at = f"the newest {checked.count} of {count} entries" if part else f"all {count} entries"
        yield Finding("audit", True, f"{looked_at} follow one another, each sealed over the one before it")
