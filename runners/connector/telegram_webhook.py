"""A bot that is asked for updates, or that sends them by itself to a webhook of ours: one at a time, by configuration.

What came by itself waits in the store (`access.hooks` took it in), and is read here like what was asked for. Whichever way
is configured is made so when this process takes the account's turn.
"""

from __future__ import annotations

import json
import secrets
import time
from asyncio import sleep

from telegram import Update

from runners.connector.channel import Incoming
from runners.connector.telegram import LONG_POLL, WANTED, TelegramChannel
from runners.connector.telegram_updates import incoming, is_update, readable
from runners.engine.integrations.telegram_account import hook_path
from runners.engine.outgoing.address import Gate
from runners.engine.settings import Settings
from runners.engine.settings.secrets import token_digest
from runners.engine.store import chats
from runners.engine.store.chats import Turn

LOOK_SEC = 0.25
AT_ONCE = 100


class ServedTelegram(TelegramChannel):
    """The bot of an account that this process serves while it has the turn. `open` and `updates` raise RedisError, too."""

    def __init__(self, token: str, settings: Settings, account_id: str, turn: Turn) -> None:
        super().__init__(token, settings.telegram_api_base, Gate.of(settings))
        self._store, self._place, self._turn = turn.store, turn.place, turn
        self._url = f"{settings.public_url}{hook_path(account_id)}" if settings.telegram_webhook else None

    async def open(self) -> None:
        """Set the webhook with a new secret, or end the one that was set before."""
        if self._url:
            secret = secrets.token_urlsafe(32)
            self._turn.change(chats.hooking(self._store, self._place, token_digest(secret)))
            setting = self._bot.set_webhook(
                self._url, max_connections=1, allowed_updates=WANTED, secret_token=secret
            )  # one connection keeps the order
            await self._asked(setting)
        elif chats.hooks(self._store, self._place):
            await self._asked(self._bot.delete_webhook(drop_pending_updates=False))
            self._turn.change(chats.dropping(self._store.keys.chat_hook(self._place)))

    async def updates(self, offset: int, *, wait: bool) -> list[Incoming]:
        """Return what came by itself and is not settled; when nothing did, ask for it, or wait for it."""
        until = time.monotonic() + (LONG_POLL.total_seconds() if wait else 0)
        while not (found := self._unread()):
            if self._url is None:
                return await super().updates(offset, wait=wait)
            if time.monotonic() >= until:
                break
            await sleep(LOOK_SEC)
        return found

    def _unread(self) -> list[Incoming]:
        found = []
        for text in chats.unread(self._store, self._place, AT_ONCE):
            update = json.loads(text)
            if not is_update(update) or chats.was_heard(self._store, self._place, update["update_id"]):
                chats.forget_unread(self._store, self._place, text)
            else:
                found.append(incoming(Update.de_json(readable(update), None)))
        return found
