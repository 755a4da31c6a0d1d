"""The part of the examination that costs little: what a scheduler looks at by itself every few minutes."""

from __future__ import annotations

from collections.abc import Iterator

from runners.doctor.audit import audit
from runners.doctor.examination import as_far_as
from runners.doctor.finding import Finding
from runners.doctor.invariants import Bounds, invariants
from runners.doctor.kinds import kinds
from runners.doctor.server import server
from runners.engine.modes.durability import describe
from runners.engine.platform import Platform

LITTLE = Bounds(members=1_000, ends=100)
ENTRIES = 500


def standing(platform: Platform) -> Iterator[Finding]:
    """Yield what is found of the server, the audit and the invariants, in a bounded number of records."""
    mode = platform.store.mode
    if mode.name != "memory":
        for warning in describe(platform.store.redis, mode.name, "").warnings:
            yield Finding("server", False, warning)
    yield from as_far_as("the server", server(platform.store, platform.settings))
    yield from as_far_as("the kinds of keys", kinds(platform.store))
    yield from as_far_as("the audit", audit(platform, ENTRIES))
    yield from as_far_as("the invariants", invariants(platform, LITTLE))
