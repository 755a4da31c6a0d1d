"""From an update of the Bot API to what of it may be answered. Pure."""

from __future__ import annotations

from typing import Any

from telegram import CallbackQuery, Message, Update, User
from telegram.constants import ChatType

from runners.connector.cards import brought_back
from runners.connector.channel import Incoming, Press
from runners.engine.words import language_of

NAME_KEPT = 64
FORWARDED_BEFORE = "forward_date"
"""How a server from before Bot API 7.0 says that a message was forwarded."""


def readable(update: dict[str, Any]) -> dict[str, Any]:
    """Return the update, or its number alone: one that the library or we cannot read must not hold up all others."""
    try:
        heard = incoming(Update.de_json(update, None))
        addressee(heard.text or "")
        f"{heard.chat}{heard.sender}{heard.answers}".encode()
    except Exception:  # the library takes any type for any field, and stumbles over others
        return {"update_id": update["update_id"]}
    return update


def incoming(update: Update) -> Incoming:
    """Return what of an update may be answered."""
    if update.callback_query is not None:
        return _pressed(update.update_id, update.callback_query)
    message = update.message
    if message is None or message.from_user is None or not _is_own_words(message):
        return Incoming(update.update_id)
    answered = message.reply_to_message
    return Incoming(
        update_id=update.update_id,
        chat=str(message.chat.id),
        sender=str(message.from_user.id),
        text=message.text,
        language=language_of(message.from_user.language_code),
        name=_name(message.from_user),
        answers=str(answered.message_id) if answered else "",
    )


def addressee(text: str) -> str:
    """Return the name of the bot that a command names behind its @, in small letters; '' for what names none."""
    word, *_ = text.split(maxsplit=1) or [""]
    return word.partition("@")[2].lower() if word.startswith("/") else ""


def _pressed(update_id: int, query: CallbackQuery) -> Incoming:
    message = query.message
    card, place = brought_back(query.data or "")
    return Incoming(
        update_id=update_id,
        chat=str(message.chat.id) if message else "",
        sender=str(query.from_user.id),
        language=language_of(query.from_user.language_code),
        name=_name(query.from_user),
        press=Press(
            query=query.id,
            card=card,
            place=place,
            message=str(message.message_id) if message else "",
            text=message.text if isinstance(message, Message) else None,
        ),
    )


def _name(user: User) -> str:
    """Return what somebody calls himself, on one line."""
    said = f"@{user.username}" if user.username else user.full_name
    return "".join(char if char.isprintable() else " " for char in said)[:NAME_KEPT]


def _is_own_words(message: Message) -> bool:
    """True when a person wrote this message here and now."""
    return not (
        message.chat.type == ChatType.CHANNEL
        or message.sender_chat
        or message.forward_origin
        or FORWARDED_BEFORE in message.api_kwargs
        or message.via_bot
        or message.edit_date
        or (message.from_user and message.from_user.is_bot)
    )
