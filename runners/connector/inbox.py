"""Updates that came by themselves: they wait in the store until the process that serves their account has heard them."""

from __future__ import annotations

import json
import time
from asyncio import sleep
from datetime import timedelta
from typing import Any

from runners.engine.store import chats
from runners.engine.store.connection import Store

LOOK_SEC = 0.25
AT_ONCE = 100


class Inbox:
    """Those of one account. Every method raises RedisError while the store is away."""

    def __init__(self, store: Store, place: str) -> None:
        self._store, self._place = store, place

    async def updates(self, longest: timedelta) -> list[dict[str, Any]]:
        """Return what came by itself and is not settled; when nothing did, wait for it, and a moment in any case.

        Who asks again and again leaves the others of his loop their turn so.
        """
        until = time.monotonic() + longest.total_seconds()
        while not (found := self.unread()):
            await sleep(LOOK_SEC)
            if time.monotonic() >= until:
                break
        return found

    def unread(self) -> list[dict[str, Any]]:
        """Return what is not settled, and forget what is settled or no update."""
        found = []
        for text in chats.unread(self._store, self._place, AT_ONCE):
            update = _read(text)
            if not is_update(update) or chats.was_heard(self._store, self._place, update["update_id"]):
                chats.forget_unread(self._store, self._place, text)
            else:
                found.append(update)
        return found


def is_update(update: Any) -> bool:
    """Say whether this can be an update: it has at least a number, so that it can be passed over."""
    return isinstance(update, dict) and isinstance(update.get("update_id"), int)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
