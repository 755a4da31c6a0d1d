"""I15: no decision asks the clock of a process; the store's is the only one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn

import pytest

from tests.protocol.stage import Stage
from tests.waiting import wait_until


class Forbidden(datetime):
    """A datetime that does not tell the time."""

    @classmethod
    def now(cls, tz: Any = None) -> NoReturn:
        raise AssertionError("I15: a decision asked the clock of its process")


@contextmanager
def no_clock_in_the_engine() -> Iterator[None]:
    """Let nothing in the engine read the wall clock of this process while the block runs."""
    with pytest.MonkeyPatch.context() as patched:
        for name, module in list(sys.modules.items()):
            if name.startswith("runners.") and getattr(module, "datetime", None) is datetime:
                patched.setattr(module, "datetime", Forbidden)
            if name.startswith("runners.engine.") and hasattr(module, "time"):
                patched.delattr(module, "time")
        yield


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_no_decision_asks_the_clock_of_its_process(stage: Stage) -> None:
    own_time = replace(stage.platform, store=replace(stage.platform.store, clock=None))
    life = Stage(own_time, stage.clock)
    stage.checking = False

    with no_clock_in_the_engine():
        life.clock.at = own_time.store.now()
        life.save(every=1, max_retry=1)
        wait_until(lambda: "ok" in life.tick().values(), 10)
        (claimed,) = life.take()
        assert life.renew(claimed) == ["ok"]
        assert life.fail(claimed) == "retrying"
        wait_until(lambda: life.reap() == {} and life.work_off(), 10)
        assert life.reconcile() == 0
        life.sweep(0)

    assert life.events("run.completed")
