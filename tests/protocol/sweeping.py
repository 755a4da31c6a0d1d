"""One sweep of retention, under settings of the test's own."""

from dataclasses import replace
from typing import Any

from runners.engine.platform import Platform
from runners.engine.protocol import retention


def sweep(platform: Platform, **settings: Any) -> int:
    """Sweep under the default settings but for these. Returns how many records went."""
    changed = replace(platform.settings, **settings)
    return retention.sweep(platform.store, changed, platform.store.now())
