"""A deployment for each fault test: real processes, short leases, a server of its own, an oracle outside Redis."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.deployment import Deployment, deployed


@pytest.fixture(params=("streams", "lists"))
def transport(request: pytest.FixtureRequest) -> str:
    """Streams and lists; narrow it with `parametrize("transport", …)`."""
    return str(request.param)


@pytest.fixture
def deployment(transport: str, tmp_path: Path) -> Iterator[Deployment]:
    """A deployment with its server running and no process yet."""
    with deployed(transport, tmp_path) as deployment:
        yield deployment
