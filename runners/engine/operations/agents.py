"""Agents: the steps of a run, as its journal has them, and what is remembered from run to run."""

from __future__ import annotations

from collections.abc import Collection

from runners.engine.agents.memory import Memory
from runners.engine.agents.step import Step
from runners.engine.errors import Conflict, NotFound, Unreadable
from runners.engine.operations.existing import existing_run
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import agents
from runners.engine.store import agent_memories as memories
from runners.engine.store import steps
from runners.engine.store.memory_users import users_of
from runners.engine.store.page import Page

TRIES = 5


@operation(Role.VIEWER)
def run_steps(platform: Platform, actor: Actor, run_id: str) -> list[Step]:
    """Return what an agent's run has done so far, step by step; none for a run of another type. Raises NotFound."""
    existing_run(platform.store, run_id)
    return steps.load_steps(platform.store, run_id)


@operation(Role.VIEWER)
def agent_memories(
    platform: Platform, actor: Actor, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[Memory]:
    """Return a page of what agents remember, in the order of their keys."""
    return memories.list_memories(platform.store, limit, offset, cursor)


@operation(Role.VIEWER)
def agent_memory(platform: Platform, actor: Actor, agent_key: str) -> Memory:
    """Return what is remembered under one key. Raises NotFound and Unreadable."""
    found = memories.load_memory(platform.store, agent_key)
    if not found.version:
        raise _missing(agent_key)
    return found


@operation(Role.VIEWER)
def agent_memory_users(platform: Platform, actor: Actor, agent_keys: Collection[str]) -> dict[str, list[str]]:
    """Return the ids of the jobs whose agents use each of these memories, in order; one round trip."""
    return users_of(platform.store, agent_keys)


@operation(Role.ADMIN)
def forget_agent_memory(platform: Platform, actor: Actor, agent_key: str, signature: str | None = None) -> None:
    """Forget what is remembered under a key: all of it, or only that it failed by `signature` (its line).

    Raises NotFound, also for a signature that is not there, and Unreadable for a part of what cannot be read.
    """
    for _ in range(TRIES):
        before = _readable(platform, agent_key, whole=signature is None)
        if signature is not None and not (before and any(one.line == signature for one in before.signatures)):
            raise NotFound(f"agent memory '{agent_key}' has no failure signature '{signature[:80]}'")
        word = agents.forget(platform.store, actor.author(), before, agent_key, signature)
        if word == "gone":
            raise _missing(agent_key)
        if word == "ok":
            return
    raise Conflict(f"agent memory '{agent_key}' keeps being changed by others; try again")


def _readable(platform: Platform, agent_key: str, *, whole: bool) -> Memory | None:
    """Return the memory; None for one that cannot be read, where it goes as a whole."""
    try:
        return memories.load_memory(platform.store, agent_key)
    except Unreadable:
        if whole:
            return None
        raise


def _missing(agent_key: str) -> NotFound:
    return NotFound(f"nothing is remembered of agent '{agent_key}'")
