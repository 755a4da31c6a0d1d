"""Operations are the same in every mode; a real server and the imitation in memory stand for all."""

import pytest


@pytest.fixture(params=["streams-redis7", "memory"])
def mode(request: pytest.FixtureRequest) -> str:
    """A real server, and fakeredis."""
    return str(request.param)
