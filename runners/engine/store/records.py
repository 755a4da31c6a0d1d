"""Records that people keep beside jobs: accounts, MCP servers, chat accounts and links, preferences.

Each is JSON under a name, with a version. `json` is opaque here and to Lua; what a kind's content may hold is said by the
room of that kind. Secrets in it are sealed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from runners.engine.errors import Unreadable
from runners.engine.run import at
from runners.engine.store.connection import Store
from runners.engine.store.hashes import read_hashes
from runners.engine.store.page import Page, cursor_after, name_before, names_behind

Kind = Literal["account", "mcp", "telegram", "slack", "rule", "preferences", "chat", "listener"]
NOUNS: dict[Kind, str] = {
    "account": "account",
    "mcp": "MCP server",
    "telegram": "Telegram account",
    "slack": "Slack account",
    "rule": "notification rule",
    "preferences": "settings of",
    "chat": "linked chat",
    "listener": "what is told to chat",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `version` counts from 1 and never repeats for a name, not even when it was removed in between.

    `tested` says how the last try of this version went, None when none was made.
    """

    kind: Kind
    name: str
    version: int
    content: dict[str, Any]
    made_at: datetime
    updated_at: datetime
    tested: dict[str, Any] | None = None


def load_record(store: Store, kind: Kind, name: str) -> Record | None:
    """Return the record, or None. Raises Unreadable on a broken one."""
    fields: Any = store.redis.hgetall(store.keys.record(kind, name))
    return _record(kind, name, fields) if fields else None


def load_records(store: Store, kind: Kind, names: Iterable[str]) -> dict[str, Record]:
    """Return those of `names` that exist and can be read, in one round trip."""
    pipeline, wanted = store.redis.pipeline(transaction=False), list(names)
    for name in wanted:
        pipeline.hgetall(store.keys.record(kind, name))
    found: dict[str, Record] = {}
    for name, fields in zip(wanted, read_hashes(pipeline), strict=True):
        try:
            found |= {name: _record(kind, name, fields)} if fields else {}
        except Unreadable:
            continue
    return found


def list_records(
    store: Store, kind: Kind, limit: int, offset: int = 0, cursor: str | None = None, begins: str = ""
) -> Page[Record]:
    """Return a page of the records in the order of their names, of those that begin like that; two round trips.

    Raises Malformed on a foreign cursor.
    """
    pipe, index = store.redis.pipeline(transaction=False), store.keys.records(kind)
    pipe.zrangebylex(index, *names_behind(name_before(cursor), begins), start=offset, num=limit + 1)
    pipe.zlexcount(index, *names_behind(None, begins))
    names, total = pipe.execute()
    shown = names[:limit]
    found = load_records(store, kind, shown)
    unreadable = tuple(name for name in shown if name not in found)
    next_cursor = cursor_after(shown[-1]) if len(names) > limit else None
    return Page(tuple(found.values()), total, next_cursor, unreadable=unreadable)


def names(store: Store, kind: Kind) -> list[str]:
    """Return the names of all records of a kind, in their order."""
    found: Any = store.redis.zrange(store.keys.records(kind), 0, -1)
    return list(found)


def _record(kind: Kind, name: str, fields: dict[str, str]) -> Record:
    try:
        made_at, updated_at = at(fields["made_at"]), at(fields["updated_at"])
        content, tested = json.loads(fields["json"]), json.loads(fields.get("tested", "null"))
        if made_at is None or updated_at is None or not isinstance(content, dict):
            raise ValueError("a part of it is missing")
        return Record(kind, name, int(fields["version"]), content, made_at, updated_at, tested)
    except (KeyError, ValueError) as fault:
        raise Unreadable(f"{NOUNS[kind]} '{name}': its record cannot be read ({fault!r:.200}); delete it") from fault
