"""Which queue mode a server allows, decided once at boot by using it (design §5)."""

from __future__ import annotations

from contextlib import closing

import redis

from runners.engine.errors import ModeRefused, NoServer, StoreAway
from runners.engine.modes.ability import require_scripts, streams_missing
from runners.engine.modes.address import require_listener
from runners.engine.modes.durability import describe
from runners.engine.modes.greeting import greet
from runners.engine.settings import Settings
from runners.engine.settings.address import shown
from runners.engine.store.connection import Mode, connect
from runners.engine.store.keys import Keys


def probe(settings: Settings) -> Mode:
    """Return the mode that the configured server allows and QUEUE_MODE asks for: streams or lists.

    Raises NoServer when nothing listens there (the caller chooses memory or ends), ModeRefused, with the fix, when
    the server or the asked mode cannot be used, StoreAway when the server will be ready later.
    """
    if settings.redis_url is None:
        raise NoServer("no server is configured; set REDIS_URL")
    if settings.queue_mode == "memory":
        raise ModeRefused("QUEUE_MODE='memory' uses no server; unset it, or start with: multijob up")
    require_listener(settings.redis_url)
    address = shown(settings.redis_url)
    with closing(connect(settings.redis_url, settings)) as client:
        greet(client, address, tls=settings.redis_url.startswith("rediss://"))
        try:
            return _choose(client, settings, address)
        except redis.RedisError as error:
            raise StoreAway(f"redis at {address} failed while it was probed: {error}") from None


def _choose(client: redis.Redis, settings: Settings, address: str) -> Mode:
    keys = Keys(settings.key_prefix)
    warnings = require_scripts(client, keys, address)
    if settings.queue_mode == "lists":
        return describe(client, "lists", address, warnings)
    missing = streams_missing(client, keys)
    if missing is None:
        return describe(client, "streams", address, warnings)
    if settings.queue_mode == "streams":
        raise ModeRefused(f"QUEUE_MODE='streams': redis at {address} says: {missing}; use QUEUE_MODE=auto or lists")
    return describe(client, "lists", address, warnings)
