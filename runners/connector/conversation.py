"""The connector's loop: read updates, answer who may ask, remember how far it came."""

from __future__ import annotations

import time
from asyncio import Lock, sleep
from datetime import timedelta

import structlog
from redis.exceptions import RedisError

from runners.connector.account import Account
from runners.connector.answers import answer
from runners.connector.channel import Channel, ChannelFault, Incoming, Shown
from runners.connector.commands import parse
from runners.connector.fitting import fit
from runners.connector.refusals import Allowed, Refusals
from runners.connector.reply import Command, Reply
from runners.engine.errors import AuditUnusable, Forbidden, MultijobError, StoreAway
from runners.engine.events import EventType
from runners.engine.operations import Actor, Role
from runners.engine.platform import Platform
from runners.engine.protocol import events
from runners.engine.protocol.refusals import Refusals as AuditRefusals
from runners.engine.store.connectors import ConnectorStatus

LOG = structlog.get_logger("runners.connector")
TRIES = 3  # of one reply; then the update is passed over, so that it cannot hold up all others
STORE_WAIT_SEC = 1.0
IDS_LAST = timedelta(days=6)  # after a week without updates a bot gets new ids, which may be lower


class Conversation:
    """The talk of one account with those who may ask it.

    `taking` is held from the first look at an update until it is remembered as done: who takes the lock before ending
    the talk leaves none half done.
    """

    def __init__(self, platform: Platform, account: Account, channel: Channel, allowed: Allowed) -> None:
        self.taking = Lock()
        self._platform = platform
        self._account = account
        self._channel = channel
        self._allowed = allowed
        self._refusals = Refusals()
        self.turned_away = AuditRefusals(platform.store)
        self._tries = 0
        self._moved_at = time.monotonic()

    async def run(self) -> None:
        """Answer until cancelled; a fault of the Bot API or of the store is waited out."""
        while True:
            try:
                await self._once()
            except ChannelFault as fault:
                await self._wait_out(fault)
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
        """Ask for updates once, and take what came. Raises ChannelFault, RedisError or StoreAway."""
        self._account.resume()
        self.turned_away.flush()
        if time.monotonic() - self._moved_at > IDS_LAST.total_seconds():
            self._account.offset = 0
        online = self._account.health.status is ConnectorStatus.ONLINE
        found = await self._channel.updates(self._account.offset, wait=online)
        self._account.note(self._account.health.reached())
        for update in found:
            if update.update_id >= self._account.offset:
                async with self.taking:
                    await self._take(update)
                    self._account.move_to(update.update_id + 1)
                self._tries, self._moved_at = 0, time.monotonic()

    async def _take(self, update: Incoming) -> None:
        """Answer one update, or see that there is nothing to answer."""
        command = parse(update.text or "")
        if command is None:
            return
        reason = self._allowed.refusal(update)
        if reason is None:
            await self._respond(update, command)
            return
        who = {"chat": update.chat, "sender": update.sender}
        self.turned_away.of_unknown("chat", {"reason": reason, **who, "request": f"/{command.name[:32]}"})
        if self._refusals.may_tell(time.monotonic()):
            self._tell(EventType.TELEGRAM_COMMAND_REJECTED, update, command, reason=reason)

    async def _respond(self, update: Incoming, command: Command) -> None:
        if not self._tries:
            self._tell(EventType.TELEGRAM_COMMAND_RECEIVED, update, command)
        self._tries += 1
        try:
            reply = self._answer(update, command)
            await self._channel.send(update.chat, Shown(fit(reply.text, self._channel.longest)))
        except ChannelFault as fault:
            if not fault.refused and self._tries < TRIES:
                raise
            self._tell(EventType.TELEGRAM_COMMAND_FAILED, update, command, error=str(fault))
        else:
            self._tell(EventType.TELEGRAM_COMMAND_EXECUTED, update, command)

    def _answer(self, update: Incoming, command: Command) -> Reply:
        who = Actor(f"telegram:{update.sender}", Role.OPERATOR, "chat", f"telegram-{update.update_id}", update.language)
        try:
            return answer(self._platform, who, command)
        except AuditUnusable as error:
            return Reply(str(error))  # it does not mend itself: others must get their answers
        except StoreAway:
            raise
        except Forbidden as error:
            self.turned_away.of_known(who.author(), f"command:/{command.name[:32]}", {"reason": str(error)})
            return Reply(str(error))
        except MultijobError as error:
            return Reply(str(error))

    def _tell(self, kind: EventType, update: Incoming, command: Command, **more: str) -> None:
        """Write an event. It names the command and never the text: that may hold anything."""
        who = {
            "account_id": self._account.account_id,
            "chat_id": update.chat,
            "sender_id": update.sender,
            "update_id": update.update_id,
        }
        events.append(self._platform.store, kind, {"command": command.name[:32], **who, **more})
