"""A bot that is asked for updates, or that sends them by itself to a webhook of ours: one at a time, by configuration.

What came by itself waits in the store (`access.hooks` took it in), and is read here like what was asked for. Whichever way
is configured is made so when this process takes the account's turn.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from telegram import Update

from runners.connector.channel import Incoming
from runners.connector.inbox import Inbox
from runners.connector.telegram import LONG_POLL, WANTED, TelegramChannel
from runners.connector.telegram_updates import readable
from runners.engine.integrations.telegram_account import hook_path
from runners.engine.outgoing.address import Gate
from runners.engine.settings import Settings
from runners.engine.settings.secrets import token_digest
from runners.engine.store import chats
from runners.engine.store.chats import Turn


@dataclass(frozen=True, slots=True)
class TelegramWire:
    """By what a bot is reached."""

    token: str = field(repr=False)


class ServedTelegram(TelegramChannel):
    """The bot of an account that this process serves while it has the turn. `open` and `updates` raise RedisError, too."""

    def __init__(self, wire: TelegramWire, settings: Settings, account_id: str, turn: Turn) -> None:
        super().__init__(wire.token, settings.telegram_api_base, Gate.of(settings))
        self._store, self._place, self._turn = turn.store, turn.place, turn
        self._inbox = Inbox(turn.store, turn.place)
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
        if self._url:
            found = await self._inbox.updates(LONG_POLL if wait else timedelta())
        else:
            found = self._inbox.unread()
        if found or self._url:
            return await self._heard(Update.de_json(readable(update), None) for update in found)
        return await super().updates(offset, wait=wait)
