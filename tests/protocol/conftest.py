"""The stage of every test of the protocol; when a test ends that did not turn checking off, the books must balance."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.clocks import MovingClock
from tests.protocol.stage import Stage


@pytest.fixture
def stage(clocked: Any, clock: MovingClock) -> Iterator[Stage]:
    """A platform in each mode, on a clock of the test's own."""
    stage = Stage(clocked, clock)
    yield stage
    if stage.checking:
        stage.check()
