"""Who asks in a chat: the person whom its sender is linked to, with the role that this person has now.

Chat and sender must both be allowed. Without sign-in the account's list of senders names people, too; they act as operators
(docs/decisions/0031).
"""

from __future__ import annotations

from dataclasses import dataclass

from runners.engine.access.chatting import person_in_chat
from runners.engine.operations import Actor, Role, own_preferences
from runners.engine.platform import Platform
from runners.engine.preferences import BROWSER
from runners.engine.words import Language


@dataclass(frozen=True, slots=True)
class Allowed:
    """The account's own lists; an empty one names nobody. `chats_named` and `senders_named` are what they are called."""

    chats: frozenset[str]
    senders: frozenset[str]
    chats_named: str = "TELEGRAM_ALLOWED_CHATS"
    senders_named: str = "TELEGRAM_ALLOWED_SENDERS"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why somebody is not answered. `told` says that he is named by the account's list, and only has to link himself."""

    reason: str
    told: bool = False


def chat_refusal(allowed: Allowed, chat: str) -> Refused | None:
    """Return why nobody is answered in this chat, None when people are."""
    return None if chat in allowed.chats else Refused(f"chat is not in {allowed.chats_named}")


def asker(
    platform: Platform, channel: str, allowed: Allowed, chat: str, sender: str, language: Language, request_id: str
) -> Actor | Refused:
    """Return who asks, or why nobody does; `language` is that of his app, and his own choice wins."""
    if refused := chat_refusal(allowed, chat):
        return refused
    person = person_in_chat(platform, channel, sender)
    if person is not None:
        actor = Actor(person.name, person.role, "chat", request_id, language)
        chosen = own_preferences(platform, actor).language
        return actor if chosen == BROWSER else Actor(person.name, person.role, "chat", request_id, Language(chosen))
    listed = sender in allowed.senders
    if platform.settings.auth_enabled:
        return Refused("sender is linked to no person", told=listed)
    if listed:
        return Actor(f"{channel}:{sender}", Role.OPERATOR, "chat", request_id, language)
    return Refused(f"sender is not in {allowed.senders_named}")
