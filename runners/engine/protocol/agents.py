"""Typed calls of what agents write: the journal of a run, and what is remembered of it."""

from __future__ import annotations

import json
from typing import Any, Literal

from runners.engine.agents.memory import Ended, Memory
from runners.engine.agents.step import Step, Talk
from runners.engine.audit import Author, Entry
from runners.engine.protocol.audit import audited
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store

Phase = Literal["begin", "end"]
EndWord = Literal["ok", "stale", "changed", "full"]


def journal(
    store: Store, claim: tuple[str, int], phase: Phase, step: Step, talk: Talk, asked: dict[str, Any] | None = None
) -> bool:
    """Write one step for the claim of its run; False when the run is somebody else's by now, and nothing was written.

    `asked` says in an event what people are asked for. Raises redis.RedisError, on a full store only for a step that begins.
    """
    about = "" if asked is None else json.dumps(asked)
    word = call(store, "agent_step", *claim, phase, step.number, step.to_store(), talk.to_store(), about)
    return bool(word == "ok")


def remember(store: Store, claim: tuple[str, int], before: Memory, ended: Ended, *, over: bool) -> EndWord:
    """Keep how an attempt ended, by whoever holds its run, if the memory is still as `before`.

    `over` says that the run is not tried again. Raises redis.RedisError.
    """
    about = {
        "agent_key": before.agent_key,
        "outcome": "failed" if ended.failure else "success",
        "attempt": ended.attempt,
        "steps": ended.steps,
        "tokens": ended.tokens,
    }
    after = before.after(ended).to_store()
    told = json.dumps(about)
    word: EndWord = call(
        store, "agent_end", *claim, "1" if over else "0", before.agent_key, before.version, after, told
    )
    return word


def forget(store: Store, author: Author, before: Memory | None, agent_key: str, line: str | None) -> str:
    """Forget one signature of a memory, or (`line` None) all that is remembered, readable or not. Returns ok, gone or changed."""
    rest = before.forgiven(line).to_store() if before and line is not None else ""
    expected = before.version if rest and before else ""
    was = {"executions": before.executions, "failures": before.failures} if before else {"readable": False}
    now = {"signature": line} if line is not None else None
    about = json.dumps({"agent_key": agent_key, "actor": author.name} | ({"signature": line} if line else {}))
    entry = Entry(author, f"agent_memory:{agent_key}", was, now)
    return str(audited(store, entry, "agent_forget", agent_key, expected, rest, about))
