"""Typed call of tell: how far a run is, and the next part of its log."""

from __future__ import annotations

from dataclasses import dataclass

from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store

LOG_BYTES = 1024 * 1024
"""What the log of one run may hold, remarks included."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a part: ok, cut (the log has no more room), full (the store has none) or stale (the run is lost).

    `allowed` is the size up to which this claim may write, `lost` how many bytes were not kept.
    """

    word: str
    allowed: int
    lost: int


@dataclass(frozen=True, slots=True)
class Part:
    """Whole lines, with those that mark a cut and a gap in their place; `allowed` is None in a claim's first part."""

    lines: bytes = b""
    cut: bytes = b""
    gap: bytes = b""
    allowed: int | None = None


def tell(store: Store, run_id: str, token: int, progress: str, part: Part, most: int = LOG_BYTES) -> Told:
    """Write `progress` (JSON, or '') and a part of the log for the claim with this token; the log may hold `most` bytes.

    Raises redis.RedisError.
    """
    allowed = "" if part.allowed is None else part.allowed
    word, size, lost = call(store, "tell", run_id, token, progress, allowed, part.lines, part.cut, part.gap, most)
    return Told(str(word), int(size), int(lost))
