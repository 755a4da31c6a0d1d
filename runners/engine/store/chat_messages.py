"""The last messages of each chat account: what was asked there and what came of it, what was said; never their texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from runners.engine import clock
from runners.engine.store.chats import Change
from runners.engine.store.connection import Store

KEPT = 50
Way = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Message:
    """One of them. `sender` is who wrote it, or whom it answers; '' for what is said unasked, as notices are.

    `person` is who that was for the platform, '' for somebody unknown. `command` is the name of what was asked for, '' for
    none. `outcome` is 'planned', 'executed', 'rejected' or 'failed', 'received' where more is not known; 'sent' of what was
    said. `why` says more about one that was rejected or failed.
    """

    at: datetime
    way: Way
    chat: str
    outcome: str
    sender: str = ""
    person: str = ""
    command: str = ""
    why: str = ""


def noting(store: Store, place: str, message: Message) -> Change:
    """Keep a message of the account among its last ones."""
    key = store.keys.chat_lately(place)
    text = json.dumps(asdict(message) | {"at": clock.to_ms(message.at)}, separators=(",", ":"))

    def add(pipe: Any) -> None:
        pipe.lpush(key, text)
        pipe.ltrim(key, 0, KEPT - 1)

    return add


def last_messages(store: Store, place: str) -> list[Message]:
    """Return the account's last messages, newest first; one that cannot be read is left out. One round trip."""
    kept: Any = store.redis.lrange(store.keys.chat_lately(place), 0, KEPT - 1)
    return [message for text in kept if (message := _read(text)) is not None]


def _read(text: str) -> Message | None:
    try:
        fields: Mapping[str, Any] = json.loads(text)
        return Message(**{**fields, "at": clock.from_ms(int(fields["at"]))})
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
