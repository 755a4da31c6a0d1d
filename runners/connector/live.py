"""Messages that keep themselves current: what they answered is asked again while time passes, and the message is edited.

One message is edited at most once in `EVERY_SEC`, and only when its text has changed. It ends with a reply that says so by
coming without `live`, when the one who asked may not ask any more, and after two hours.
"""

from __future__ import annotations

import asyncio
import json
from asyncio import sleep
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

import structlog
from redis.exceptions import RedisError

from runners.connector.account import Account
from runners.connector.asker import Refused
from runners.connector.channel import Channel, ChannelFault, Incoming
from runners.connector.hearing import Ear
from runners.connector.reply import Command, Reply
from runners.connector.sayings import Saying, command_of
from runners.engine import clock
from runners.engine.errors import StoreAway
from runners.engine.store.chats import Change, TurnLost
from runners.engine.store.connection import Store
from runners.engine.words import Language

LOG = structlog.get_logger("runners.connector")
EVERY_SEC = 3.0
LIFE = timedelta(hours=2)
MOST = 50
"""Messages of one account that are kept current at once; others stay as they were sent."""


@dataclass(frozen=True, slots=True)
class Live:
    """One of them: what it asks, for whom, what it shows now, and until when."""

    chat: str
    number: str
    command: Command
    sender: str
    language: str
    text: str
    until_ms: int

    @property
    def name(self) -> str:
        """By which it is kept."""
        return f"{self.chat}:{self.number}"

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self), separators=(",", ":"))


def begun(store: Store, place: str, saying: Saying, number: str) -> list[Change]:
    """Return what keeps a message current from now on; nothing when there are too many of them."""
    assert saying.live is not None, "a message that is to be kept current says how"
    key = store.keys.chat_live(place)
    if store.redis.hlen(key) >= MOST:
        return []
    live = Live(
        chat=saying.chat,
        number=number,
        command=saying.live,
        sender=saying.asked_by.get("sender", ""),
        language=saying.asked_by.get("language", Language.EN),
        text=saying.text,
        until_ms=clock.to_ms(store.now() + LIFE),
    )
    return [lambda pipe: pipe.hset(key, live.name, live.to_json())]


def read(text: str) -> Live:
    """Return what `to_json` made. Raises ValueError and TypeError on anything else."""
    fields = json.loads(text)
    command = command_of(fields.pop("command", None)) if isinstance(fields, dict) else None
    if command is None or fields.get("language") not in set(Language):
        raise ValueError("it asks nothing, or in no language")
    return Live(command=command, **fields)


class Lives:
    """All such messages of one account."""

    def __init__(self, store: Store, account: Account, channel: Channel, ear: Ear) -> None:
        self._store, self._account, self._channel, self._ear = store, account, channel, ear
        self._key = store.keys.chat_live(account.place)

    async def run(self) -> None:
        """Keep them current until cancelled."""
        while True:
            await sleep(EVERY_SEC)
            try:
                if self._account.has_turn:
                    await self._round()
            except ChannelFault as fault:
                await sleep((fault.wait or timedelta()).total_seconds())
            except TurnLost:
                self._account.lose_turn()
            except (RedisError, StoreAway) as away:
                LOG.warning("store.away", error=str(away))

    async def _round(self) -> None:
        found: Any = self._store.redis.hgetall(self._key)
        for name, text in found.items():
            try:
                live = read(text)
            except (ValueError, TypeError):
                self._end(name)
                continue
            await self._refresh(live)

    async def _refresh(self, live: Live) -> None:
        """Edit one message if it says something else by now. Raises ChannelFault, TurnLost and RedisError."""
        reply = await asyncio.to_thread(self._now, live)
        if reply is None:
            self._end(live.name)
            return
        saying, changes = self._ear.teller.message(live.chat, reply.by, reply.reply, live.number)
        if saying.text != live.text:
            try:
                await self._channel.edit(live.chat, live.number, saying.shown)
            except ChannelFault as fault:
                if not fault.refused:
                    raise
                self._end(live.name)
                return
        if reply.reply.live is None:
            self._end(live.name, *changes)
        elif saying.text != live.text:
            kept = replace(live, text=saying.text, command=reply.reply.live).to_json()
            self._account.change(lambda pipe: pipe.hset(self._key, live.name, kept), *changes)

    def _now(self, live: Live) -> Current | None:
        """Return what the message is to say now, None when nobody may ask it any more."""
        if clock.to_ms(self._store.now()) > live.until_ms:
            return None
        asked = Incoming(0, live.chat, live.sender, language=Language(live.language))
        who = self._ear.asker(asked, "live")
        return (
            None if isinstance(who, Refused) else Current(who.name, self._ear.ask(who, live.command, live.chat).reply)
        )

    def _end(self, name: str, *changes: Change) -> None:
        self._account.change(lambda pipe: pipe.hdel(self._key, name), *changes)


@dataclass(frozen=True, slots=True)
class Current:
    """What a message is to say now, and to whom."""

    by: str
    reply: Reply
