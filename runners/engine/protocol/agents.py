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
from runners.engine.store.unremembered import Mark

Phase = Literal["begin", "end"]
EndWord = Literal["ok", "stale", "changed", "full"]
LateWord = Literal["ok", "gone", "changed", "full"]


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

    `over` says that the run is not tried again: its later attempts, where this end does not reach the store, are not counted.
    Raises redis.RedisError.
    """
    word: EndWord = call(
        store, "agent_end", *claim, "1" if over else "0", *_changed(before, ended), _told(before, ended)
    )
    return word


def remember_late(store: Store, mark: Mark, job_id: str, before: Memory, ended: Ended) -> LateWord:
    """Keep how a marked attempt ended, if it is marked still and the memory as `before`; its mark goes in the same step."""
    about = (job_id, mark.run_id, _told(before, ended))
    word: LateWord = call(store, "agent_late", mark.text, *_changed(before, ended), *about)
    return word


def _changed(before: Memory, ended: Ended) -> tuple[str, int, str]:
    return before.agent_key, before.version, before.after(ended).to_store()


def _told(before: Memory, ended: Ended) -> str:
    about = {
        "agent_key": before.agent_key,
        "outcome": "failed" if ended.failure else "success",
        "attempt": ended.attempt,
        "steps": ended.steps,
        "tokens": ended.tokens,
    }
    return json.dumps(about)


def forget(store: Store, author: Author, before: Memory | None, agent_key: str, line: str | None) -> str:
    """Forget one signature of a memory, or (`line` None) all that is remembered, readable or not. Returns ok, gone or changed."""
    rest = before.forgiven(line).to_store() if before and line is not None else ""
    expected = before.version if rest and before else ""
    was = {"executions": before.executions, "failures": before.failures} if before else {"readable": False}
    now = {"signature": line} if line is not None else None
    about = json.dumps({"agent_key": agent_key, "actor": author.name} | ({"signature": line} if line else {}))
    entry = Entry(author, f"agent_memory:{agent_key}", was, now)
    return str(audited(store, entry, "agent_forget", agent_key, expected, rest, about))
