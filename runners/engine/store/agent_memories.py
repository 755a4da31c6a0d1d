"""Reading what agents remember."""

from __future__ import annotations

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
    pipe = store.redis.pipeline(transaction=False)
    for name in shown:
        pipe.hgetall(store.keys.agent(name))
    found, lost = [], []
    for name, fields in zip(shown, read_hashes(pipe) if shown else (), strict=True):
        try:
            found.append(Memory.from_store(name, fields))
        except BROKEN:
            lost.append(name)
    more = cursor_after(shown[-1]) if len(names) > limit else None
    return Page(tuple(found), total, more, unreadable=tuple(lost))
