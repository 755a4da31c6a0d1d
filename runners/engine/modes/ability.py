"""What a server can do, found out by really doing it on a scratch key."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import redis
from redis import exceptions

from runners.engine.errors import ModeRefused
from runners.engine.store.away import is_full
from runners.engine.store.keys import Keys

SCRIPT = """
redis.call('HMSET', KEYS[1], 'probed', '1', 'by', 'probe')
redis.call('DEL', KEYS[1])
redis.call('LPUSH', KEYS[1], 'probe')
redis.call('RPOP', KEYS[1])
return 1
"""
STREAM_SCRIPT = """
local id = redis.call('XADD', KEYS[1], '2-1', 'run', 'probe')
local answer = redis.pcall('XREADGROUP', 'GROUP', 'probe', 'probe', 'COUNT', 1, 'NOACK', 'STREAMS', KEYS[1], '>')
if answer.err and not string.find(answer.err, 'not allowed from script') then return answer end
redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)
redis.call('XTRIM', KEYS[1], 'MAXLEN', redis.call('XLEN', KEYS[1]) - 1)
redis.call('XACK', KEYS[1], 'probe', id)
return redis.call('XDEL', KEYS[1], id)
"""
"""What the scripts do with a stream; Redis 5 lets no script call XREADGROUP, and is served without (`exchange.lua`)."""
MISSING = ("unknown command", "unknown redis command", "no permissions", "can't run this command")
"""What servers from 3.2 on say, outside and inside of scripts, of commands that they lack or that the user may not run."""
FULL_WARNING = "the server is full; no new run is taken until it has memory again"


def require_scripts(client: redis.Redis, keys: Keys, address: str) -> tuple[str, ...]:
    """Return warnings; raises ModeRefused when scripts cannot write, without which nothing works at all."""
    scratch = f"{keys.probe}:{uuid4().hex}"
    try:
        client.eval(SCRIPT, 1, scratch)
    except exceptions.ReadOnlyError:
        raise ModeRefused(f"redis at {address} is a read-only replica; set REDIS_URL to its primary") from None
    except redis.ResponseError as error:
        if is_full(error):
            return (FULL_WARNING,)
        if "MISCONF" in str(error):
            return ("the server cannot write its snapshots and takes no writes until it can",)
        raise ModeRefused(
            f"redis at {address} does not run our scripts on keys '{keys.prefix}*': {error}; "
            "allow EVAL, EVALSHA and these keys to the user in REDIS_URL"
        ) from None
    return ()


def streams_missing(client: redis.Redis, keys: Keys) -> str | None:
    """Return why Streams cannot be used (no such command, no permission), or None when they can.

    A full server refuses the writes of this probe, but knows the commands: it has Streams.
    """
    scratch = f"{keys.probe}:{uuid4().hex}"
    try:
        for step in _steps(client, scratch):
            step()
    except redis.ResponseError as error:
        if any(words in str(error).lower() for words in MISSING):
            return str(error)
        if not is_full(error):
            raise
    finally:
        client.delete(scratch)
    return None


def _steps(client: redis.Redis, scratch: str) -> list[Callable[[], object]]:
    return [
        lambda: client.xgroup_create(scratch, "probe", id="0", mkstream=True),
        lambda: client.xadd(scratch, {"run": "probe"}, id="1-1"),
        lambda: client.xreadgroup("probe", "probe", {scratch: ">"}, count=1),
        lambda: client.xack(scratch, "probe", "1-1"),
        lambda: client.eval(STREAM_SCRIPT, 1, scratch),
    ]
