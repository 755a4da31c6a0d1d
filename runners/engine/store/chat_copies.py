"""The talk in chats as the writes that make it again elsewhere: what was heard, and what is still to be said, for the hand-over.

Without it an update that memory has settled would be heard once more there, and what waited to be said would be lost. Whose
turn it is stays behind: the processes of the server take it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runners.engine.store.connection import Store
from runners.engine.store.writes import AT_ONCE, Write, again, number


def chat_copies(store: Store) -> Iterator[tuple[str, list[Write]]]:
    """Yield every key of the talk, and the writes that make it."""
    keys = store.keys
    whole = (
        keys.chat_inbox("*"),
        keys.chat_hook("*"),
        keys.chat_outbox("*"),
        keys.chat_lately("*"),
        keys.chat_card("*"),
        keys.chat_awaited("*", "*", "*"),
        keys.chat_answerable("*", "*", "*"),
        keys.chat_live("*"),
        keys.chat_code("*"),
    )
    for pattern in whole:
        for key in sorted(store.redis.scan_iter(match=pattern, count=AT_ONCE)):
            yield key, again(store, key)
    for key in sorted(store.redis.scan_iter(match=keys.chat_heard("*"), count=AT_ONCE)):
        heard: Any = store.redis.zrange(key, 0, -1, withscores=True)
        yield key, [("ZADD", key, number(at), update_id) for update_id, at in heard]
