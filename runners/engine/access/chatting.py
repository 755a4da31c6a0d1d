"""Who somebody in a chat is: he shows a one-time code there, which the platform made for a person, and is that person.

A link names the person by the id that nobody gets again. What he may do is looked up each time that he asks something, so
that a changed role, a disabled or deleted person and a removed link count at once.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runners.engine.audit import Author
from runners.engine.errors import Conflict, Forbidden, Unreadable
from runners.engine.events import EventType
from runners.engine.platform import Platform
from runners.engine.protocol import chats as protocol
from runners.engine.protocol.records import Put, Said
from runners.engine.settings.secrets import token_digest
from runners.engine.store import chats, people, records
from runners.engine.store.people import Person
from runners.engine.store.records import Record

CODE_BYTES = 16
LIFE = timedelta(minutes=10)
LONGEST_CODE = 64
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A one-time code and when it ends; the store has its digest only."""

    text: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """One sender of a channel who is a person. `calls_himself` is what he says in the channel, never to be trusted.

    `chat` is where he linked himself; `person` is the name that the person had then.
    """

    channel: str
    sender: str
    person_id: str
    person: str
    calls_himself: str
    chat: str
    made_at: datetime

    @property
    def name(self) -> str:
        """By which the link is kept."""
        return link_name(self.channel, self.sender)


def link_name(channel: str, sender: str) -> str:
    """Return the name of a sender's link."""
    return f"{channel}:{sender}"


def new_code(platform: Platform, author: Author, person: Person) -> LinkCode:
    """Return a new one-time code (128 random bits) by which a chat becomes the person's. Raises StoreAway."""
    text = secrets.token_urlsafe(CODE_BYTES)
    whom = json.dumps({"id": person.id, "name": person.name}, separators=(",", ":"))
    protocol.keep_code(platform.store, author, person.name, token_digest(text), whom, LIFE)
    return LinkCode(text, platform.store.now() + LIFE)


def redeem(
    platform: Platform, channel: str, sender: str, about: Mapping[str, str], code: str, request_id: str
) -> Person:
    """Link the sender to the person whom the code is for; asked again under the same `request_id` it finds that done.

    `about` has the chat, and what the sender calls himself. Raises Forbidden on a code that does not count, Conflict.
    """
    name, digest = link_name(channel, sender), token_digest(code[:LONGEST_CODE])
    before = records.load_record(platform.store, "chat", name)
    if before and before.content.get("request_id") == request_id:
        return _living(platform, before.content["person_id"])
    kept = chats.kept(platform.store, platform.store.keys.chat_code(digest))
    if kept is None:
        raise _no_code()
    person = _living(platform, kept["id"])
    content = {"person_id": person.id, "person": person.name, "request_id": request_id, **_plain(about)}
    put = Put("chat", name, content, before.version if before else 0)
    said = Said(EventType.CONNECTOR_PERSON_LINKED, {"person": person.name, "channel": channel, "sender": sender})
    author = Author(person.name, "chat", operation="link_chat", role=person.role, request_id=request_id)
    whom = json.dumps({"id": kept["id"], "name": kept["name"]}, separators=(",", ":"))
    word = protocol.link(platform.store, author, digest, whom, put, said)
    if word == "no_code":
        raise _no_code()
    if word != "ok":
        raise Conflict(f"the link could not be made ({word}); try again, or have links removed that nobody needs")
    return person


def person_in_chat(platform: Platform, channel: str, sender: str) -> Person | None:
    """Return the person who this sender is, as he is now; None when he is nobody, or disabled."""
    record = records.load_record(platform.store, "chat", link_name(channel, sender))
    person = people.load_person(platform.store, str(record.content.get("person_id"))) if record else None
    return person if person and not person.disabled else None


def read_link(record: Record) -> Link:
    """Return the link that is kept so. Raises Unreadable."""
    channel, _, sender = record.name.partition(":")
    try:
        said = {name: str(record.content[name]) for name in ("person_id", "person", "calls_himself", "chat")}
    except KeyError as fault:
        raise Unreadable(f"linked chat '{record.name}': its record cannot be read ({fault!r}); remove it") from fault
    return Link(channel=channel, sender=sender, made_at=record.updated_at, **said)


def _living(platform: Platform, person_id: str) -> Person:
    person = people.load_person(platform.store, person_id)
    if person is None or person.disabled:
        raise _no_code()
    return person


def _plain(about: Mapping[str, str]) -> dict[str, Any]:
    """Return what the channel said of him on one line each: it is shown to admins."""
    said = {name: about.get(name, "")[:LONGEST_NAME] for name in ("chat", "calls_himself")}
    return {name: "".join(char if char.isprintable() else " " for char in text) for name, text in said.items()}


def _no_code() -> Forbidden:
    return Forbidden("this code does not count: it is wrong, was used, or its ten minutes are over; make a new one")
