"""Loads the Lua texts and calls them. One text serves Streams and lists; see `_prelude.lua`."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from redis.exceptions import NoScriptError

from runners.engine.store.client import in_turn
from runners.engine.store.connection import Store

SHARED = ("_batch", "_prelude")


@dataclass(frozen=True, slots=True)
class Made:
    """Parts that are the body of a function of this name: making theirs takes time, and most calls need none of them."""

    name: str
    parts: tuple[str, ...]


PARTS: dict[str, tuple[str | Made, ...]] = {
    "dispatch": ("_ledger", "_approval", "_create", "dispatch"),
    "admit": ("_audit", "_ledger", "_approval", "_create", "admit"),
    "refuse": ("_ledger", "refuse"),
    "tick": ("tick",),
    "spread": ("spread",),
    "lead": ("lead",),
    "examine": ("_audit", "examine"),
    "set_aside": ("set_aside",),
    "exchange": (Made("ending", ("_approval", "_failure", "_run", "_finish")), "exchange"),
    "renew": ("renew",),
    "tell": ("tell",),
    "agent_step": ("agent_step",),
    "agent_end": ("_agent", "agent_end"),
    "agent_late": ("_agent", "agent_late"),
    "agent_forget": ("_audit", "agent_forget"),
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
    "bulk_define": ("_bulk", "_ledger", "_approval", "_run", "_define", "bulk_define"),
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
    "chat_code": ("_audit", "chat_code"),
    "chat_link": ("_audit", "_records", "chat_link"),
    "reseal": ("reseal",),
    "sealed_with": ("_audit", "sealed_with"),
    "record_tested": ("_audit", "record_tested"),
    "person": ("_audit", "person"),
    "token": ("_audit", "token"),
    "token_use": ("_audit", "token_use"),
    "attempt": ("attempt",),
    "spend": ("spend",),
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
    """Return the whole text of one script: its parts are the body of `main`, which `_end` calls and settles.

    Lua looks for each name that a function takes from the one around it, and finds it sooner where it is another's already.
    """
    parts = (*map(_read, SHARED), "local function main()", *map(_read, PARTS[name]), "end", _read("_end"))
    return "\n".join([_read("_start"), "local function whole()", *parts, "end", "return whole()"])


def _read(part: str | Made) -> str:
    if isinstance(part, Made):
        return "\n".join([f"local function {part.name}()", *map(_read, part.parts), "end"])
    return (files(__package__) / f"{part}.lua").read_text(encoding="utf-8")


@cache
def _sha(name: str) -> str:
    return hashlib.sha1(text(name).encode(), usedforsecurity=False).hexdigest()


def call(store: Store, name: str, *args: str | int | bytes) -> Any:
    """Run one script and return its answer as Redis gives it.

    A server that forgot the script (NOSCRIPT: nothing ran) gets its text. No other failure is repeated here:
    raises redis.RedisError.
    """
    arguments = _arguments(store, args)
    try:
        return store.redis.evalsha(_sha(name), 1, *arguments)
    except NoScriptError:
        return store.redis.eval(text(name), 1, *arguments)


def call_when_woken(
    store: Store, wake: str, wait_sec: int, name: str, *args: str | int | bytes
) -> tuple[Any, Exception | None]:
    """Wait on a wake key for so long at most, then run one script: one round trip. Returns its answer, and why nothing was waited for.

    Both commands are sent at once. The server puts the second one off while the first one blocks, and runs it in the
    moment in which that is woken, without another way to the caller and back. Raises as `call` does.
    """
    claim = ("EVALSHA", _sha(name), 1, *_arguments(store, args))
    woken, answer = in_turn(store.redis, ("BLPOP", wake, wait_sec), claim)
    if isinstance(answer, NoScriptError):
        answer = call(store, name, *args)
    if isinstance(answer, Exception):
        raise answer
    return answer, woken if isinstance(woken, Exception) else None


def _arguments(store: Store, args: tuple[str | int | bytes, ...]) -> tuple[str | int | bytes, ...]:
    transport = "streams" if store.mode.name == "streams" else "lists"
    return store.keys.prefix, store.clock_ms_arg(), transport, *args
