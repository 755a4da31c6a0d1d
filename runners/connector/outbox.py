"""What was decided to be said goes out in order, and each message until the channel has taken it.

A message leaves the store when the channel has confirmed it. One whose confirmation was lost, or that was on its way when
this process died, goes out again: a reply that comes twice is better than one that never comes.
"""

from __future__ import annotations

import asyncio
from asyncio import Lock, sleep
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta

import structlog
from redis.exceptions import RedisError

from runners.connector import sayings
from runners.connector.account import Account
from runners.connector.channel import Channel, ChannelFault
from runners.connector.health import Health
from runners.connector.live import begun
from runners.connector.sayings import Saying
from runners.connector.steps import Step, event_of
from runners.engine import clock
from runners.engine.errors import StoreAway
from runners.engine.platform import Platform
from runners.engine.protocol import events
from runners.engine.store import chats
from runners.engine.store.chat_messages import Message, noting
from runners.engine.store.chats import Change, TurnLost

LOG = structlog.get_logger("runners.connector")
LOOK_SEC = 1.0
STORE_WAIT_SEC = 1.0
ANSWERABLE_FOR = timedelta(days=1)
PUT_OFF_AFTER = 5
"""Faults of one message after which the others get their turn."""


class Outbox:
    """`taking` is held while a message is on its way; `fault` says why the last one did not go out, None when it did."""

    def __init__(self, platform: Platform, account: Account, channel: Channel) -> None:
        self.taking = Lock()
        self.fault: str | None = None
        self._more = asyncio.Event()
        self._platform, self._store = platform, platform.store
        self._account, self._channel = account, channel
        self._health = Health()

    def wake(self) -> None:
        """Say that there is more to be said."""
        self._more.set()

    async def run(self) -> None:
        """Send until cancelled; faults of the channel and of the store are waited out."""
        while True:
            try:
                if not self._account.has_turn or not await self._one():
                    await self._idle()
            except ChannelFault as fault:
                await self._wait_out(fault)
            except TurnLost:
                self._account.lose_turn()
            except (RedisError, StoreAway) as away:
                LOG.warning("store.away", error=str(away))
                await sleep(STORE_WAIT_SEC)

    async def _idle(self) -> None:
        self._more.clear()
        try:
            await asyncio.wait_for(self._more.wait(), LOOK_SEC)
        except TimeoutError:
            return

    async def _one(self) -> bool:
        """Send the message whose turn it is; False when there is none. Raises ChannelFault, TurnLost and RedisError."""
        text = chats.next_unsaid(self._store, self._account.place)
        if text is None:
            return False
        try:
            saying = sayings.read(text)
        except (ValueError, TypeError, KeyError):
            LOG.error("saying.unreadable", account_id=self._account.account_id)
            self._done(text)
            return True
        async with self.taking:
            await self._say(text, saying)
        return True

    async def _say(self, text: str, saying: Saying) -> None:
        if clock.to_ms(self._store.now()) > saying.expires_ms:
            self._give_up(text, saying, "its time is over")
            return
        try:
            number = await _CARRIERS[saying.kind](self._channel, saying)
        except ChannelFault as fault:
            if not fault.refused:
                if self._health.failures + 1 >= PUT_OFF_AFTER and fault.wait is None:
                    self._account.change(chats.put_off(self._store, self._account.place, text))
                raise
            self._give_up(text, saying, str(fault))
            return
        self._health, self.fault = self._health.reached(), None
        self._done(text, *self._after(saying, number))

    def _after(self, saying: Saying, number: str) -> list[Change]:
        """Return what is kept of a message once it has a number."""
        keys, place = self._store.keys, self._account.place
        kept = self._noted(saying, "sent")
        if saying.awaits and number:
            key = keys.chat_answerable(place, saying.chat, number)
            kept.append(chats.keeping(key, asdict(saying.awaits), ANSWERABLE_FOR))
        if saying.live and number:
            kept += begun(self._store, place, saying, number)
        return kept

    def _done(self, text: str, *after: Change) -> None:
        self._account.change(chats.said(self._store, self._account.place, text), *after)

    def _give_up(self, text: str, saying: Saying, error: str) -> None:
        self._done(text, *self._noted(saying, Step.FAILED, error))
        if saying.kind != "answer":
            kind = event_of(self._account.channel, Step.FAILED)
            events.append(self._store, kind, {**saying.about, "error": error})

    def _noted(self, saying: Saying, outcome: str, why: str = "") -> list[Change]:
        """Return what keeps it among the account's last messages; the word to a press, and buttons that go, are none."""
        if saying.kind == "answer" or (saying.kind == "edit" and not saying.about):
            return []
        sender, person = (saying.asked_by.get(name, "") for name in ("sender", "person"))
        command = str(saying.about.get("command", ""))
        message = Message(self._store.now(), "out", saying.chat, outcome, sender, person, command, why)
        return [noting(self._store, self._account.place, message)]

    async def _wait_out(self, fault: ChannelFault) -> None:
        self._health = self._health.failed(str(fault))
        self.fault = str(fault)
        try:
            self._account.note(self._account.health.failed(str(fault)))
        except RedisError as away:
            LOG.warning("store.away", error=str(away))
        await sleep((fault.wait or self._health.wait).total_seconds())


async def _send(channel: Channel, saying: Saying) -> str:
    return await channel.send(saying.chat, saying.shown)


async def _edit(channel: Channel, saying: Saying) -> str:
    await channel.edit(saying.chat, saying.number, saying.shown)
    return saying.number


async def _file(channel: Channel, saying: Saying) -> str:
    assert saying.file is not None, "a file has a document"
    return await channel.send_document(saying.chat, saying.file, saying.text)


async def _answer(channel: Channel, saying: Saying) -> str:
    await channel.answer_button(saying.query, saying.text, alone=saying.alone)
    return ""


_CARRIERS: dict[sayings.Kind, Callable[[Channel, Saying], Awaitable[str]]] = {
    "send": _send,
    "edit": _edit,
    "file": _file,
    "answer": _answer,
}
