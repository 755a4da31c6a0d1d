"""Loads the Lua texts and calls them. One text serves Streams and lists; see `_prelude.lua`."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from redis.exceptions import NoScriptError

from runners.engine.store.connection import Store

PARTS = {
    "dispatch": ("_prelude", "_ledger", "_create", "dispatch"),
    "admit": ("_prelude", "_ledger", "_create", "admit"),
    "refuse": ("_prelude", "_ledger", "refuse"),
    "tick": ("_prelude", "tick"),
    "exchange": ("_prelude", "_run", "exchange"),
    "renew": ("_prelude", "renew"),
    "tell": ("_prelude", "tell"),
    "reap": ("_prelude", "_run", "reap"),
    "reconcile": ("_prelude", "reconcile"),
    "cancel": ("_prelude", "_run", "cancel"),
    "define": ("_prelude", "_ledger", "_define", "define"),
    "restore": ("_prelude", "_ledger", "_define", "restore"),
    "forgive": ("_prelude", "forgive"),
    "forget_runs": ("_prelude", "forget_runs"),
    "forget_logs": ("_prelude", "forget_logs"),
    "forget_events": ("_prelude", "forget_events"),
    "forget_decisions": ("_prelude", "forget_decisions"),
    "forget_jobs": ("_prelude", "forget_jobs"),
    "forget_consumers": ("_prelude", "forget_consumers"),
    "event": ("_prelude", "event"),
    "mode": ("_prelude", "mode"),
}


@cache
def text(name: str) -> str:
    """Return the whole text of one script."""
    folder = files(__package__)
    return "\n".join((folder / f"{part}.lua").read_text(encoding="utf-8") for part in PARTS[name])


@cache
def _sha(name: str) -> str:
    return hashlib.sha1(text(name).encode(), usedforsecurity=False).hexdigest()


def call(store: Store, name: str, *args: str | int | bytes) -> Any:
    """Run one script and return its answer as Redis gives it.

    A server that forgot the script (NOSCRIPT: nothing ran) gets its text. No other failure is repeated here:
    raises redis.RedisError.
    """
    transport = "streams" if store.mode.name == "streams" else "lists"
    arguments = (store.keys.prefix, store.clock_ms_arg(), transport, *args)
    try:
        return store.redis.evalsha(_sha(name), 1, *arguments)
    except NoScriptError:
        return store.redis.eval(text(name), 1, *arguments)
