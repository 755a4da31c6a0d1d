"""For tests of a real connector process: a real server, emptied, and its store as it is seen from outside the process."""

import pytest

from runners.engine import settings
from runners.engine.platform import open_platform


@pytest.fixture
def server_env(server_env, redis_server):
    """The environment of a process that uses the server."""
    redis_server.emptied()
    return server_env | {"QUEUE_MODE": "auto", "REDIS_URL": redis_server.url}


@pytest.fixture
def platform(server_env):
    """What the process does, seen from outside."""
    opened = open_platform(settings.read(server_env))
    yield opened
    opened.store.redis.close()
    opened.store.rq_redis.close()
