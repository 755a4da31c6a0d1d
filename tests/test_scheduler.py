"""What the scheduler process adds to its ticks."""

import pytest

from runners.scheduler import GuardedScheduler


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_ticks_are_counted_for_the_metrics(platform):
    scheduler = GuardedScheduler(platform)
    scheduler._tick_safely()
    scheduler._sweep_at = 0.0

    scheduler._tick_safely()

    counters = platform.store.redis.hgetall(platform.store.keys.metrics)
    assert sum(int(number) for name, number in counters.items() if name.startswith("tick|")) == 1
    assert "tick_ms" in counters
