"""What every test may ask for: real servers, a platform in each mode, a moving clock, real processes."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from hypothesis import settings

from tests import old_servers, servers
from tests.clocks import MovingClock
from tests.compiled_once import compile_once
from tests.longest import ranks
from tests.planted import SECRET_KEY, files_with_secrets, holds
from tests.processes import Spawned, Spawner

SLOW = pytest.mark.slow
LEAKED = 10
"""How a run ends whose tests left a secret behind."""
# how long an example takes says more of the machine than of the code
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

MODES = (
    *("streams-redis7", "streams-embedded", "lists", "lists-redis3", "memory"),
    *(pytest.param(name, marks=SLOW) for name in ("streams-redis5", "lists-forbidden")),
)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[servers.Server]:
    """Debian's redis-server with everything that it has."""
    with servers.running(servers.redis_binary()) as server:
        yield server


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[servers.Server]:
    """The server that `multijob up` embeds."""
    with servers.running(servers.valkey_binary()) as server:
        yield server


@pytest.fixture(scope="session")
def renamed_server() -> Iterator[servers.Server]:
    """A server without a single Streams command, as the lists transport finds it."""
    with servers.running(servers.redis_binary(), servers.without_streams()) as server:
        yield server


@pytest.fixture(scope="session")
def forbidding_server() -> Iterator[servers.Server]:
    """A server with every Streams command, and a user who may use none of them."""
    with servers.running(servers.redis_binary()) as server, closing(server.client()) as client:
        client.execute_command("ACL", "SETUSER", "plain", "on", ">plain", "~*", "&*", "+@all", "-@stream")
        yield replace(server, url=server.url.replace("unix://", "unix://plain:plain@"))


@pytest.fixture(scope="session")
def redis5_server() -> Iterator[servers.Server]:
    """A real Redis 5.0.6: Streams without XAUTOCLAIM, and without ACLs."""
    with servers.running(old_servers.binary("5.0.6")) as server:
        yield server


@pytest.fixture(scope="session")
def redis3_server() -> Iterator[servers.Server]:
    """A real Redis 3.2.6: no Streams, no multi-field HSET, no UNLINK."""
    with servers.running(old_servers.binary("3.2.6")) as server:
        yield server


SERVER_OF = {
    "streams-redis7": "redis_server",
    "streams-embedded": "embedded_server",
    "streams-redis5": "redis5_server",
    "lists": "renamed_server",
    "lists-redis3": "redis3_server",
    "lists-forbidden": "forbidding_server",
}


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """Every transport and server that the protocol must hold on; narrow it with `parametrize("mode", …)`."""
    return str(request.param)


@pytest.fixture
def server_env(mode: str, request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of a platform in this mode, on a flushed database. Memory names no server."""
    env = {"DATA_DIR": str(tmp_path / "platform"), "SECRET_KEY": SECRET_KEY}
    if mode == "memory":
        return env | {"QUEUE_MODE": "memory"}
    server: servers.Server = request.getfixturevalue(SERVER_OF[mode])
    return env | {"REDIS_URL": server.emptied().url}


@pytest.fixture
def platform(mode: str, server_env: dict[str, str]) -> Iterator[Any]:
    """A `Platform` in this mode, on the store's own time."""
    from runners.engine import settings
    from runners.engine.platform import open_platform
    from runners.memory import open_memory

    opened = (open_memory if mode == "memory" else open_platform)(settings.read(server_env))
    yield opened
    # a client closes no pool that it was given; a socket that is left to the collector warns, and fails some later test
    opened.store.redis.connection_pool.disconnect()
    opened.store.rq_redis.connection_pool.disconnect()


@pytest.fixture
def clock() -> MovingClock:
    """A clock for `clocked`; it starts at 2030-01-01T00:00:00Z."""
    return MovingClock()


@pytest.fixture
def clocked(platform: Any, clock: MovingClock) -> Any:
    """The same platform on the test's `clock`."""
    return replace(platform, store=replace(platform.store, clock=clock))


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Callable[..., Spawned]]:
    """Start real processes: `spawn("worker", env={…})`; whatever still runs is killed after the test."""
    folder = tmp_path / "spawned"
    folder.mkdir()
    spawner = Spawner(folder)
    yield spawner
    for spawned in spawner.spawned:
        spawned.kill()


@pytest.fixture(scope="session", autouse=True)
def searched_answers() -> Iterator[None]:
    """Search every answer that a test gets from the app, in its own process or over HTTP, endless ones apart, for secrets."""
    opened, sent = FlaskClient.open, httpx.Client.send

    def searched(self: FlaskClient, *args: Any, **kwargs: Any) -> Any:
        answer = opened(self, *args, **kwargs)
        body = b"" if answer.mimetype == "text/event-stream" else answer.get_data()
        assert not holds(body + str(answer.headers).encode()), f"a secret stands in the answer of {answer.request.path}"
        return answer

    def searched_over_http(self: httpx.Client, request: httpx.Request, **kwargs: Any) -> httpx.Response:
        answer = sent(self, request, **kwargs)
        if not kwargs.get("stream") and "x-request-id" in answer.headers:  # it is the app's own
            assert not holds(answer.content + str(answer.headers).encode()), (
                f"a secret stands in the answer of {request.url}"
            )
        return answer

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(FlaskClient, "open", searched)
        patched.setattr(httpx.Client, "send", searched_over_http)
        yield


def pytest_configure() -> None:
    """Make thousands of apps cheap before the first of them is made."""
    compile_once()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage among ten thousand tests while they are collected, which took half of that time, nor later."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the longest files begin first where several workers share them."""
    if hasattr(config, "workerinput"):
        order = ranks(item.path for item in items)
        items.sort(key=lambda item: order[item.path])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when a file that its tests have left behind holds a secret of theirs."""
    factory: pytest.TempPathFactory | None = getattr(session.config, "_tmp_path_factory", None)
    if factory is None or hasattr(session.config, "workerinput"):
        return
    found = [str(path) for path in files_with_secrets(factory.getbasetemp())]
    if found:
        session.exitstatus = LEAKED
        print("\nsecrets of tests stand in these files; a folder is named after its test:", *found, sep="\n  ")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Turn a skipped test into a failed one in CI."""
    return _refuse_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """Turn a skipped module into a failed one in CI."""
    return _refuse_skip((yield))


def _refuse_skip(report: Any) -> Any:
    """Return the report, failed if it was a skip and this is CI: a test that did not run proved nothing."""
    if os.environ.get("CI") == "true" and report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report
