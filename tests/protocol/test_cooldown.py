"""The script's cooldown is the one that `retry.cooldown` explains."""

from datetime import timedelta

import pytest

from runners.engine import retry


@pytest.mark.parametrize(
    ("threshold", "base", "most"),
    [(1, 10, 10), (1, 10, 604_800), (3, 120, 3600), (20, 86_400, 604_800), (2, 11, 100)],
)
def test_the_scripts_cooldown_is_the_formulas(stage, threshold, base, most):
    stage.checking = False
    stage.save(schedule=None, threshold=threshold, cooldown=base, cooldown_max=most)

    for failures in (*range(1, 24), 50, 100):
        stage.store.redis.hset(stage.store.keys.memory("daily"), "failures", failures - 1)
        assert stage.ask(key=str(failures), ignore=True)[0] == "ok"
        stage.finish(stage.take()[0], "failed")

        until = stage.store.redis.hget(stage.store.keys.memory("daily"), "cooldown_until")
        wait = retry.cooldown(threshold, timedelta(seconds=base), timedelta(seconds=most), failures)
        now = int(stage.clock().timestamp() * 1000)
        assert until == (str(now + wait // timedelta(milliseconds=1)) if wait else None)
