"""A worker that slept between its claim and the start of the handler must not start it behind another worker."""

import time

import pytest

from runners.engine.platform import Platform
from runners.perform import carry_out
from runners.worker import RunWorker
from tests.faults.test_overrides import waiting_run


@pytest.fixture
def mode() -> str:
    return "streams-redis7"


@pytest.mark.parametrize(("left_sec", "outcome"), [(10.0, "success"), (0.0, "returned")])
def test_a_handler_starts_only_while_its_lease_lasts(platform: Platform, left_sec: float, outcome: str) -> None:
    waiting_run(platform)
    (execution,) = RunWorker.on(platform).slots.claim(1)
    lease_sec = platform.settings.lease.total_seconds()

    execution.leased(time.monotonic() - lease_sec + left_sec)

    assert carry_out(execution, platform.store.rq_redis).outcome == outcome
