"""One account being served: a talk of its own, which no other waits for."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from redis.exceptions import RedisError

from runners.connector.account import Account
from runners.connector.accounts import Wanted
from runners.connector.conversation import Conversation
from runners.engine.platform import Platform
from runners.engine.store.connectors import ConnectorStatus

LOG = structlog.get_logger("runners.connector")
LAST_REPLY_SEC = 2.5


def _named(fault: BaseException) -> str:
    """Return what broke, where several parts of a talk did each of them."""
    broken = fault.exceptions if isinstance(fault, BaseExceptionGroup) else (fault,)
    return ", ".join(type(one).__name__ for one in broken)


class Served:
    """One account while it is served. `begin` and `end` are called once each; `beat` whenever it should be seen to live."""

    def __init__(self, platform: Platform, asked: Wanted, owner: str) -> None:
        self.asked = asked
        self.account = Account(platform.store, asked.identity, asked.account_id, owner, asked.channel)
        self._platform = platform
        self._talk: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start the talk; without what it is reached by there is none, and the state says why."""
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
        channel = self.asked.open(self._platform.settings, self.account.turn)
        self._conversation = Conversation(self._platform, self.account, channel, self.asked.allowed)
        try:
            await self._conversation.run()
        except Exception as fault:  # one account's fault is none of the others'
            LOG.exception("connector.failed", channel=self.account.channel, account_id=self.asked.account_id)
            self.account.health = self.account.health.failed(f"its talk broke: {_named(fault)}")
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
