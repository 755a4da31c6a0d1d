"""Who is who in chats: one-time codes by which people link their chats to themselves, and the links that stand."""

from __future__ import annotations

from runners.engine.access import chatting
from runners.engine.access.chatting import Link, LinkCode
from runners.engine.errors import Forbidden, NotFound
from runners.engine.events import EventType
from runners.engine.operations import keeping
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol.records import Said
from runners.engine.store import people, records
from runners.engine.store.page import Page
from runners.engine.store.people import Person


@operation(Role.ADMIN)
def link_chat(platform: Platform, actor: Actor, name: str) -> LinkCode:
    """Return a one-time code by which a chat becomes the person's. Raises NotFound."""
    person = people.find_person(platform.store, name)
    if person is None:
        raise NotFound(f"person '{name[:64]}' does not exist")
    return chatting.new_code(platform, actor.author(), person)


@operation(Role.VIEWER)
def link_own_chat(platform: Platform, actor: Actor) -> LinkCode:
    """Return a one-time code by which a chat becomes that of the one who asks. Raises Forbidden for one who is no person."""
    return chatting.new_code(platform, actor.author(), _oneself(platform, actor))


@operation(Role.ADMIN)
def list_chats(
    platform: Platform,
    actor: Actor,
    limit: int = 50,
    offset: int = 0,
    cursor: str | None = None,
    channel: str | None = None,
) -> Page[Link]:
    """Return a page of the linked chats, or of those of one channel, by channel and sender."""
    begins = chatting.link_name(channel, "") if channel else ""
    page = records.list_records(platform.store, "chat", limit, offset, cursor, begins)
    return keeping.page_of(page, chatting.read_link)


@operation(Role.ADMIN)
def get_chat(platform: Platform, actor: Actor, channel: str, sender: str) -> Link:
    """Return who a sender is. Raises NotFound and Unreadable."""
    return chatting.read_link(keeping.existing(platform, "chat", chatting.link_name(channel, sender)))


@operation(Role.VIEWER)
def own_chats(platform: Platform, actor: Actor) -> list[Link]:
    """Return the chats that are linked to the one who asks."""
    person = people.find_person(platform.store, actor.name)
    return [link for link in _all(platform) if person and link.person_id == person.id]


@operation(Role.ADMIN)
def unlink_chat(platform: Platform, actor: Actor, channel: str, sender: str) -> None:
    """Remove a link; who wrote by it is nobody at once. Raises NotFound."""
    keeping.delete(platform, actor, "chat", chatting.link_name(channel, sender), _gone(channel, sender), None)


@operation(Role.VIEWER)
def unlink_own_chat(platform: Platform, actor: Actor, channel: str, sender: str) -> None:
    """Remove a link of the one who asks. Raises NotFound for that of somebody else, too."""
    person = people.find_person(platform.store, actor.name)
    name = chatting.link_name(channel, sender)
    record = records.load_record(platform.store, "chat", name)
    if person is None or record is None or record.content.get("person_id") != person.id:
        raise NotFound(f"no chat '{name[:80]}' is linked to '{actor.name}'")
    keeping.delete(platform, actor, "chat", name, _gone(channel, sender), record.version)


def _all(platform: Platform) -> list[Link]:
    found = records.load_records(platform.store, "chat", records.names(platform.store, "chat"))
    return list(keeping.readable(found.values(), chatting.read_link).values())


def _oneself(platform: Platform, actor: Actor) -> Person:
    person = people.find_person(platform.store, actor.name)
    if person is None:
        raise Forbidden(f"'{actor.name}' is no person; sign in with a name and a password to link a chat to it")
    return person


def _gone(channel: str, sender: str) -> Said:
    return Said(EventType.CONNECTOR_PERSON_UNLINKED, {"channel": channel, "sender": sender})
