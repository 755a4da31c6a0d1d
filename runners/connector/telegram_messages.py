"""From a message as the conversation has it to what the Bot API is sent of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.constants import MessageLimit

from runners.connector.channel import Shown

NAME = re.compile(r"(?<!\w)@\w+")
"""What Telegram takes for a mention, and tells whoever is called so."""


def quoted(text: str) -> Sequence[MessageEntity]:
    """Return what shows every name behind an @ as code: in code Telegram looks for no mention, so that nobody is told.

    Of more than the Bot API takes the whole stretch is code.
    """
    found = [(name.start(), name.end()) for name in NAME.finditer(text)]
    if len(found) > MessageLimit.MESSAGE_ENTITIES:
        found = [(found[0][0], found[-1][1])]
    return [MessageEntity(MessageEntity.CODE, _units(text[:begin]), _units(text[begin:end])) for begin, end in found]


def keyboard(message: Shown) -> InlineKeyboardMarkup | None:
    """Return the buttons under a message, None for none."""
    rows = [[InlineKeyboardButton(label, callback_data=back) for label, back in row] for row in message.buttons]
    return InlineKeyboardMarkup(rows) if rows else None


def _units(text: str) -> int:
    """Return the length as the Bot API counts it."""
    return len(text.encode("utf-16-le", "replace")) // 2
