"""What handler tests ask for: settings from an environment, and a site to send requests to."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runners.engine import settings
from tests.handlers import server
from tests.handlers.context import FakeContext
from tests.handlers.programs import PYTHON


@pytest.fixture
def configured(tmp_path: Path) -> Callable[..., Any]:
    """`configured(NAME="value")` reads the settings of a server with these variables."""

    def read(**environ: str) -> Any:
        return settings.read({"DATA_DIR": str(tmp_path / "platform")} | environ)

    return read


@pytest.fixture
def site() -> Iterator[server.Site]:
    """A local HTTP server."""
    with server.running() as running:
        yield running


@pytest.fixture
def inside(site: server.Site, configured: Callable[..., Any]) -> FakeContext:
    """A context on a server that may send to `site`."""
    return FakeContext(settings=configured(HTTP_ALLOW_PRIVATE=f"127.0.0.1:{site.port}"))


@pytest.fixture
def mode() -> str:
    """Handlers read the store through the engine, which has its own tests in every mode."""
    return "memory"


@pytest.fixture
def root(tmp_path):
    """The one folder in which commands may work."""
    (tmp_path / "root" / "inner").mkdir(parents=True)
    return tmp_path / "root"


@pytest.fixture
def allowed(configured, root):
    """A context on a server that allows Python and `df -Pk` in `root`."""
    prefixes = f"{PYTHON},df -Pk"
    return FakeContext(
        settings=configured(AGENT_COMMAND_ALLOW_PREFIXES=prefixes, AGENT_COMMAND_ALLOWED_ROOTS=str(root))
    )
