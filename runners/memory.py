"""Memory mode's store: a Redis imitation inside this process, for the same scripts in the list transport (design §5.3).

Nothing outside the process sees it, and nothing survives the process. A server that appears later changes nothing:
the process must be started again to use it.
"""

import fakeredis

from runners.engine.catalog import load
from runners.engine.platform import Platform
from runners.engine.settings import Settings
from runners.engine.store.connection import Mode, Store
from runners.engine.store.keys import Keys

MODE = Mode(
    name="memory",
    durability="none: everything is lost when this process ends",
    server="inside this process",
    warnings=(
        "memory mode: jobs, runs and events are lost when this process ends; start again with a server to keep them",
    ),
)


def open_memory(settings: Settings) -> Platform:
    """Return a platform on an empty store of its own in this process's memory."""
    server = fakeredis.FakeServer(version=(7,))
    text = fakeredis.FakeRedis(server=server, decode_responses=True)
    raw = fakeredis.FakeRedis(server=server)
    return Platform(settings, Store(text, raw, Keys(settings.key_prefix), MODE), load())
