"""One account being served: a talk of its own, which no other waits for; and which accounts there are to serve."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from redis.exceptions import RedisError

from runners.connector.account import Account
from runners.connector.asker import Allowed
from runners.connector.conversation import Conversation
from runners.connector.telegram_webhook import ServedTelegram
from runners.engine.errors import Conflict
from runners.engine.integrations.telegram_account import OF_ENVIRONMENT, TelegramAccount
from runners.engine.integrations.telegram_trial import token_of
from runners.engine.platform import Platform
from runners.engine.settings import Settings
from runners.engine.store.connectors import ConnectorStatus
from runners.engine.store.telegram_accounts import all_accounts

LOG = structlog.get_logger("runners.connector")
LAST_REPLY_SEC = 2.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account to serve: the bot's token, or in `fault` why it has none; a change makes another value of it."""

    account_id: str
    token: str = field(repr=False)
    allowed: Allowed
    fault: str = ""
    version: int = 0


def wanted(platform: Platform) -> dict[str, Wanted]:
    """Return what is to be served now, by id: the environment's account and all stored ones that are enabled."""
    settings = platform.settings
    found = [_of_environment(settings)] if settings.telegram_bot_token else []
    found += [_stored(settings, account) for account in all_accounts(platform.store) if account.enabled]
    return {one.account_id: one for one in found}


def _of_environment(settings: Settings) -> Wanted:
    allowed = Allowed(_named(settings.telegram_allowed_chats), _named(settings.telegram_allowed_senders))
    return Wanted(OF_ENVIRONMENT, settings.telegram_bot_token or "", allowed)


def _stored(settings: Settings, account: TelegramAccount) -> Wanted:
    chats, senders = _named(account.allowed_chats), _named(account.allowed_senders)
    allowed = Allowed(chats, senders, "allowed_chats", "allowed_senders")
    try:
        token, fault = token_of(settings, account), "it has no token; set one"
    except Conflict as error:
        token, fault = None, str(error)
    return Wanted(account.account_id, token or "", allowed, "" if token else fault, account.version)


def _named(numbers: Iterable[int]) -> frozenset[str]:
    return frozenset(str(number) for number in numbers)


class Served:
    """One account while it is served. `begin` and `end` are called once each; `beat` whenever it should be seen to live."""

    def __init__(self, platform: Platform, asked: Wanted, owner: str) -> None:
        self.asked = asked
        self.account = Account(platform.store, asked.token.partition(":")[0], asked.account_id, owner)
        self._platform = platform
        self._talk: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start the talk; without a token there is none, and the state says why."""
        if self.asked.fault:
            self.account.health = self.account.health.stopped(self.asked.fault)
        else:
            self.account.holder = ""
            self._talk = asyncio.create_task(self._serve())

    def end(self) -> None:
        """Begin to end the talk; a reply on its way is waited for, a long poll is dropped."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())

    @property
    def is_over(self) -> bool:
        """Say whether it has ended, as it was asked to or by a fault of our own."""
        if self._ending is not None:
            return self._ending.done()
        return self._talk is not None and self._talk.done()

    async def ended(self) -> None:
        """Wait for its end, which was begun."""
        assert self._ending is not None, "the end was begun"
        await self._ending

    @property
    def doing(self) -> str:
        """How it does, in a few words."""
        if self._talk is not None and self.account.holder and not self.account.has_turn:
            return f"stands by for {self.account.holder.partition('/')[0]}"
        return self.account.health.last_error or str(self.account.health.status)

    def beat(self) -> None:
        """Put its state in the store."""
        try:
            self.account.beat()
        except RedisError as away:
            LOG.warning("store.away", error=str(away))

    def _leave(self) -> None:
        """Let another process take over at once."""
        if self.account.health.status is ConnectorStatus.ONLINE:
            self.account.health = self.account.health.stopped()
        try:
            self.account.beat()
            self.account.give_up_turn()
        except RedisError as away:
            LOG.warning("store.away", error=str(away))

    async def _serve(self) -> None:
        account_id, turn = self.asked.account_id, self.account.turn
        channel = ServedTelegram(self.asked.token, self._platform.settings, account_id, turn)
        self._conversation = Conversation(self._platform, self.account, channel, self.asked.allowed)
        try:
            await self._conversation.run()
        except Exception as fault:  # one account's fault is none of the others'
            LOG.exception("connector.failed", channel=self.account.channel, account_id=self.asked.account_id)
            self.account.health = self.account.health.failed(f"its talk broke: {type(fault).__name__}")
        finally:
            await channel.close()
            self._conversation.ear.turned_away.flush(everything=True)
            self._leave()

    async def _end(self) -> None:
        if self._talk is None:
            return
        await asyncio.sleep(0)  # a talk that was begun just now takes its first step
        if not self._talk.done():
            for lock in (self._conversation.taking, self._conversation.outbox.taking):
                with suppress(TimeoutError):
                    await asyncio.wait_for(lock.acquire(), LAST_REPLY_SEC)
        self._talk.cancel()
        with suppress(asyncio.CancelledError):
            await self._talk
