"""The store's readings are the same in every mode; a real server and the imitation in memory stand for all."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from runners.engine.platform import Platform
from tests.round_trips import Counted, counted


@pytest.fixture(params=["streams-redis7", "memory"])
def mode(request: pytest.FixtureRequest) -> str:
    """A real server, and fakeredis."""
    return str(request.param)


@pytest.fixture
def round_trips() -> Callable[[Platform], AbstractContextManager[Counted]]:
    """Count the round trips to a platform's store: single commands, and pipelines as one each."""
    return counted
