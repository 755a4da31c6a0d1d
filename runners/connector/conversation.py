"""The connector's loop: take the turn, read updates, settle each with what follows from it."""

from __future__ import annotations

import asyncio
import time
from asyncio import Lock, sleep
from datetime import timedelta

import structlog
from redis.exceptions import RedisError

from runners.connector.account import Account
from runners.connector.asker import Allowed
from runners.connector.channel import Channel, ChannelFault, Incoming
from runners.connector.hearing import Ear
from runners.connector.live import Lives
from runners.connector.outbox import Outbox
from runners.engine.errors import StoreAway
from runners.engine.platform import Platform
from runners.engine.store import chats
from runners.engine.store.chats import TurnLost
from runners.engine.store.connectors import ConnectorStatus

LOG = structlog.get_logger("runners.connector")
STORE_WAIT_SEC = 1.0
STAND_BY_SEC = 1.0
IDS_LAST = timedelta(days=6)  # after a week without updates a bot gets new ids, which may be lower


class Conversation:
    """The talk of one account with those who may ask it.

    `taking` is held from the first look at an update until it is settled: who takes the lock before ending the talk leaves
    none half done.
    """

    def __init__(self, platform: Platform, account: Account, channel: Channel, allowed: Allowed) -> None:
        self.taking = Lock()
        self.outbox = Outbox(platform, account, channel)
        self.ear = Ear(platform, account.account_id, allowed, channel.longest, account.channel)
        self._store = platform.store
        self._account = account
        self._channel = channel
        self._lives = Lives(platform.store, account, channel, self.ear)
        self._open = False
        self._moved_at = time.monotonic()

    async def run(self) -> None:
        """Talk until cancelled; a fault of the channel or of the store is waited out."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self.outbox.run())
            tasks.create_task(self._lives.run())

    async def _listen(self) -> None:
        while True:
            try:
                if self._account.take_turn():
                    await self._once()
                else:
                    self._open = False
                    await sleep(STAND_BY_SEC)
            except ChannelFault as fault:
                await self._wait_out(fault)
            except TurnLost:
                self._account.lose_turn()
            except (RedisError, StoreAway) as away:
                LOG.warning("store.away", error=str(away))
                await sleep(STORE_WAIT_SEC)

    async def _wait_out(self, fault: ChannelFault) -> None:
        health = self._account.health.failed(str(fault))
        try:
            self._account.note(health)
        except RedisError as away:
            LOG.warning("store.away", error=str(away))
        await sleep((fault.wait or health.wait).total_seconds())

    async def _once(self) -> None:
        """Ask for updates once, and take what came. Raises ChannelFault, TurnLost, RedisError or StoreAway."""
        self.ear.turned_away.flush()
        if not self._open:
            await self._channel.open()
            self._open = True
        if time.monotonic() - self._moved_at > IDS_LAST.total_seconds():
            self._account.offset = 0
        online = self._account.health.status is ConnectorStatus.ONLINE
        found = await self._channel.updates(self._account.offset, wait=online)
        if self.outbox.fault is None:
            self._account.note(self._account.health.reached())
        for update in found:
            async with self.taking:
                await self._take(update)
            self._moved_at = time.monotonic()

    async def _take(self, update: Incoming) -> None:
        """Hear one update, unless it was heard before, and settle it."""
        if chats.was_heard(self._store, self._account.place, update.update_id):
            self._account.offset = max(self._account.offset, update.update_id + 1)
            return
        told = await asyncio.to_thread(self.ear.hear, update)
        texts = [saying.to_json() for saying in told.sayings]
        unsaid = chats.saying(self._store, self._account.place, texts)
        self._account.settle(update.update_id, unsaid, *told.changes)
        if texts:
            self.outbox.wake()
