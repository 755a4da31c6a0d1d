"""Loads the Lua texts and calls them. One text serves Streams and lists; see `_prelude.lua`."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from redis.exceptions import NoScriptError

from runners.engine.store.connection import Store

HEAD = ("_start", "_batch", "_prelude")
PARTS = {
    "dispatch": ("_ledger", "_approval", "_create", "dispatch"),
    "admit": ("_audit", "_ledger", "_approval", "_create", "admit"),
    "refuse": ("_ledger", "refuse"),
    "tick": ("tick",),
    "spread": ("spread",),
    "examine": ("_audit", "examine"),
    "set_aside": ("set_aside",),
    "exchange": ("_approval", "_failure", "_run", "exchange"),
    "renew": ("renew",),
    "tell": ("tell",),
    "reap": ("_approval", "_failure", "_run", "_resume", "reap"),
    "reconcile": ("reconcile",),
    "cancel": ("_audit", "_approval", "_failure", "_run", "cancel"),
    "decide": ("_audit", "_approval", "_failure", "_run", "_resume", "decide"),
    "define": ("_audit", "_ledger", "_approval", "_failure", "_run", "_define", "define"),
    "restore": ("_audit", "_ledger", "_approval", "_failure", "_run", "_define", "_flow", "_records", "restore"),
    "forgive": ("_audit", "forgive"),
    "request_grant": ("_audit", "_approval", "request_grant"),
    "revoke_grant": ("_audit", "revoke_grant"),
    "bulk_begin": ("_audit", "bulk_begin"),
    "bulk_done": ("_bulk_end", "bulk_done"),
    "bulk_undo": ("_audit", "_bulk_end", "bulk_undo"),
    "bulk_admit": ("_bulk", "_ledger", "_approval", "_create", "admit"),
    "bulk_cancel": ("_bulk", "_approval", "_failure", "_run", "cancel"),
    "bulk_take_back": ("_bulk", "_approval", "_failure", "_run", "bulk_take_back"),
    "forget_runs": ("_failure", "forget_runs"),
    "forget_logs": ("forget_logs",),
    "forget_events": ("forget_events",),
    "forget_decisions": ("forget_decisions",),
    "forget_jobs": ("forget_jobs",),
    "forget_consumers": ("forget_consumers",),
    "pause": ("_audit", "pause"),
    "flow": ("_audit", "_flow", "flow"),
    "records": ("_audit", "_records", "records"),
    "reseal": ("reseal",),
    "sealed_with": ("_audit", "sealed_with"),
    "record_tested": ("_audit", "record_tested"),
    "person": ("_audit", "person"),
    "token": ("_audit", "token"),
    "token_use": ("_audit", "token_use"),
    "attempt": ("attempt",),
    "first_code": ("_audit", "first_code"),
    "notify_plan": ("_delivery", "notify_plan"),
    "notify_test": ("_audit", "_delivery", "notify_test"),
    "notify_take": ("notify_take",),
    "notify_end": ("_delivery", "notify_end"),
    "mourn": ("mourn",),
    "drop_audit": ("_audit", "drop_audit"),
    "resume_audit": ("resume_audit",),
    "note": ("_audit", "note"),
    "turned_away": ("turned_away",),
    "event": ("event",),
    "mode": ("mode",),
    "beat": ("beat",),
    "adopt": ("_failure", "adopt"),
    "adopt_events": ("adopt_events",),
    "sign_in": ("_audit", "sign_in"),
    "keep_session": ("keep_session",),
    "sign_out": ("_audit", "sign_out"),
}


@cache
def text(name: str) -> str:
    """Return the whole text of one script: its parts are the body of `main`, which `_end` calls and settles."""
    return "\n".join([*map(_read, HEAD), "local function main()", *map(_read, PARTS[name]), "end", _read("_end")])


def _read(part: str) -> str:
    return (files(__package__) / f"{part}.lua").read_text(encoding="utf-8")


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
