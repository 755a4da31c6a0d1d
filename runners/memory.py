"""Memory mode's store: a Redis imitation inside this process, for the same scripts in the list transport (design §5.3).

Nothing outside the process sees it, and nothing survives the process, unless it hands over to a server that appears.
"""

from runners.engine.audit_keys import audit_keys
from runners.engine.catalog import load
from runners.engine.platform import Platform
from runners.engine.settings import Settings
from runners.engine.settings.address import shown
from runners.engine.store.connection import Mode, Store
from runners.engine.store.keys import Keys
from runners.engine.store.seal import Seal
from runners.imitation.client import Client
from runners.imitation.front import Server

LOST = "jobs, runs and history are in the memory of this one process; set REDIS_URL, or start with multijob up, to keep them"
UNTIL = (
    "jobs, runs and history are in the memory of this one process until the server at {} answers, and then move there"
)


def hands_over(settings: Settings) -> bool:
    """Say whether memory is given up for the configured server as soon as that is there."""
    return settings.redis_url is not None and settings.memory_fallback == "auto" and settings.memory_fallback_chosen


def _mode(settings: Settings) -> Mode:
    warning = UNTIL.format(shown(settings.redis_url or "")) if hands_over(settings) else LOST
    durability = "none: everything is lost when this process ends"
    return Mode("memory", durability, "inside this process", (warning,))


def open_memory(settings: Settings) -> Platform:
    """Return a platform on an empty store of its own in this process's memory."""
    server = Server()
    text, raw = Client(server, decode_responses=True), Client(server, decode_responses=False)
    seal = Seal(lambda: audit_keys(settings))
    return Platform(settings, Store(text, raw, Keys(settings.key_prefix), _mode(settings), seal), load())
