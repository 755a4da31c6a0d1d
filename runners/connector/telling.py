"""From a reply to what is said and kept: the message cut to fit, its card of buttons, what it awaits, what keeps it current."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from runners.connector import cards
from runners.connector.cards import Card
from runners.connector.channel import Incoming
from runners.connector.fitting import fit, plain
from runners.connector.reply import Reply
from runners.connector.sayings import CAPTION_KEPT, REPLY_LIFE, Saying
from runners.engine import clock
from runners.engine.operations import Actor
from runners.engine.platform import Platform
from runners.engine.store import chats
from runners.engine.store.chats import Change
from runners.engine.store.connection import Store

AWAITED_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Told:
    """What follows from an update: messages to be said, and what the store is to keep of them, in one step."""

    sayings: tuple[Saying, ...] = ()
    changes: tuple[Change, ...] = ()

    def also(self, *changes: Change) -> Told:
        """Return it with more to keep, done first."""
        return replace(self, changes=(*changes, *self.changes))

    def after(self, *sayings: Saying) -> Told:
        """Return it with these said first."""
        return replace(self, sayings=(*sayings, *self.sayings))

    def joined(self, later: Told) -> Told:
        """Return both, one after the other."""
        return Told(self.sayings + later.sayings, self.changes + later.changes)


@dataclass(frozen=True, slots=True)
class Teller:
    """Makes messages of one account. `longest` is how long they may be, in UTF-16 units."""

    platform: Platform
    place: str
    longest: int

    def reply(self, update: Incoming, who: Actor, reply: Reply, about: Mapping[str, Any], number: str = "") -> Told:
        """Return the reply to `who`; with `number` it takes the place of that message of ours."""
        keys = self.platform.store.keys
        saying, changes = self.message(update.chat, who.name, reply, number)
        if reply.awaits:
            key = keys.chat_awaited(self.place, update.chat, update.sender)
            changes = (*changes, chats.keeping(key, asdict(reply.awaits), AWAITED_FOR))
        asked_by = {"sender": update.sender, "person": who.name, "language": str(who.language)}
        return Told((replace(saying, asked_by=asked_by, about=about),), changes)

    def message(self, chat: str, by: str, reply: Reply, number: str = "") -> tuple[Saying, tuple[Change, ...]]:
        """Return the reply as a message, and what keeps its buttons; `by` may press them, '' is everybody who may ask."""
        store = self.platform.store
        text = self.fitting(reply)
        changes: tuple[Change, ...] = ()
        rows: tuple[tuple[tuple[str, str], ...], ...] = ()
        if reply.buttons:
            card, rows = cards.deal(self.place, chat, by, text, reply.buttons)
            life = cards.SHARED_LIFE if card.shared else cards.LIFE
            changes = (chats.keeping(store.keys.chat_card(card.id), card.to_json(), life),)
        saying = Saying(
            kind="file" if reply.document else "edit" if number else "send",
            chat=chat,
            text=fit(text, CAPTION_KEPT) if reply.document else text,
            expires_ms=clock.to_ms(store.now() + REPLY_LIFE),
            buttons=rows,
            number="" if reply.document else number,
            file=reply.document,
            awaits=reply.awaits,
            live=reply.live,
        )
        return saying, changes

    def fitting(self, reply: Reply) -> str:
        """Return the text as it is sent: all of it seen, and cut, with a link to its page where this deployment has an address."""
        url = self.platform.settings.public_url
        return plain(fit(reply.text, self.longest, f"{url}{reply.page}" if url and reply.page else ""))


def use_up(store: Store, card: Card, message: str, reply: Reply) -> Told:
    """Return what a press does to the message with the button: its buttons go, unless the reply takes its place anyhow.

    Of a shared card they stay for the others until a reply takes its place.
    """
    if card.shared and not reply.replaces:
        return Told()
    gone = chats.dropping(store.keys.chat_card(card.id))
    if reply.replaces or not message:
        return Told((), (gone,))
    expires_ms = clock.to_ms(store.now() + REPLY_LIFE)
    return Told((Saying("edit", card.chat, card.text, expires_ms, number=message),), (gone,))
