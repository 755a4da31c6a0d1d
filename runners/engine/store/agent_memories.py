"""Reading what agents remember."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from runners.engine.agents.memory import Memory
from runners.engine.errors import Unreadable
from runners.engine.store.connection import Store
from runners.engine.store.hashes import read_hashes
from runners.engine.store.page import Page, cursor_after, name_before

BROKEN = (KeyError, TypeError, ValueError)


def load_memory(store: Store, agent_key: str) -> Memory:
    """Return what is remembered under the key; an empty memory when there is nothing. Raises Unreadable."""
    fields: Any = store.redis.hgetall(store.keys.agent(agent_key))
    try:
        return Memory.from_store(agent_key, fields) if fields else Memory(agent_key)
    except BROKEN as fault:
        raise Unreadable(f"agent memory '{agent_key}' cannot be read ({fault!r:.200}); delete it") from fault


def list_memories(store: Store, limit: int, offset: int = 0, cursor: str | None = None) -> Page[Memory]:
    """Return a page of the memories in the order of their keys; two round trips. Raises Malformed on a foreign cursor."""
    after = name_before(cursor)
    pipe = store.redis.pipeline(transaction=False)
    pipe.zrangebylex(store.keys.agents, f"({after}" if after else "-", "+", start=offset, num=limit + 1)
    pipe.zcard(store.keys.agents)
    names, total = pipe.execute()
    shown = names[:limit]
    found = load_memories(store, shown)
    more = cursor_after(shown[-1]) if len(names) > limit else None
    lost = tuple(name for name in shown if name not in found)
    return Page(tuple(found.values()), total, more, unreadable=lost)


def load_memories(store: Store, agent_keys: list[str]) -> dict[str, Memory]:
    """Return the memories that are there and can be read, by key; one round trip."""
    pipe = store.redis.pipeline(transaction=False)
    for name in agent_keys:
        pipe.hgetall(store.keys.agent(name))
    found = {}
    for name, fields in zip(agent_keys, read_hashes(pipe) if agent_keys else (), strict=True):
        with suppress(*BROKEN):
            found[name] = Memory.from_store(name, fields)
    return found
