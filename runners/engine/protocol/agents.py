"""Typed calls of what agents write: the journal of a run."""

from __future__ import annotations

import json
from typing import Any, Literal

from runners.engine.agents.step import Step, Talk
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store

Phase = Literal["begin", "end"]


def journal(
    store: Store, claim: tuple[str, int], phase: Phase, step: Step, talk: Talk, asked: dict[str, Any] | None = None
) -> bool:
    """Write one step for the claim of its run; False when the run is somebody else's by now, and nothing was written.

    `asked` says in an event what people are asked for. Raises redis.RedisError, on a full store only for a step that begins.
    """
    about = "" if asked is None else json.dumps(asked)
    word = call(store, "agent_step", *claim, phase, step.number, step.to_store(), talk.to_store(), about)
    return bool(word == "ok")
