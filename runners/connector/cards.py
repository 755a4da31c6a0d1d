"""The buttons under one message, as the store keeps them under an id that nobody can guess.

A button brings back that id and its place, nothing else. What it does, for whom, in which chat and under which text stands
here. The first press uses the whole card up; a shared one, under what everybody in the chat is told, stays for the others.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from runners.connector.channel import Incoming, Press
from runners.connector.reply import Button, Command

LIFE = timedelta(minutes=15)
SHARED_LIFE = timedelta(days=1)
ID_BYTES = 16
MOST_BUTTONS = 100
BACK = re.compile(r"([A-Za-z0-9_-]{1,48}):([0-9]{1,2})")
"""What a button of ours brings back: the card that it stands on, and its place there."""


@dataclass(frozen=True, slots=True)
class Card:
    """`by` is the name of who may press, '' for everybody who may ask in `chat`; `text` is what stands above the buttons."""

    id: str
    place: str
    chat: str
    by: str
    text: str
    commands: tuple[Command, ...]

    @property
    def shared(self) -> bool:
        """Whether several people may press, each for himself."""
        return not self.by

    def refusal(self, update: Incoming, press: Press, name: str) -> str | None:
        """Return why this press by `name` does nothing, None when it counts. What a channel does not tell is not compared."""
        if self.chat != update.chat or press.place >= len(self.commands):
            return "another_chat"
        if press.text is not None and press.text.strip() != self.text.strip():
            return "another_text"
        return None if self.shared or self.by == name else "another_person"

    def to_json(self) -> dict[str, Any]:
        """Return it without its id."""
        kept = [[command.name, command.argument] for command in self.commands]
        return {"place": self.place, "chat": self.chat, "by": self.by, "text": self.text, "commands": kept}


def brought_back(text: str) -> tuple[str, int]:
    """Return card and place of a button by what it brought back; no card when it is none of ours."""
    found = BACK.fullmatch(text)
    return (found[1], int(found[2])) if found else ("", 0)


def read(card_id: str, kept: Mapping[str, Any]) -> Card:
    """Return the card that was kept so."""
    commands = tuple(Command(name, argument, pressed=True) for name, argument in kept["commands"])
    return Card(card_id, kept["place"], kept["chat"], kept["by"], kept["text"], commands)


def deal(
    place: str, chat: str, by: str, text: str, buttons: Sequence[Sequence[Button]]
) -> tuple[Card, tuple[tuple[tuple[str, str], ...], ...]]:
    """Return a new card for these buttons, and the rows of (label, what a press brings back) that show it."""
    card_id, rows = secrets.token_urlsafe(ID_BYTES), []
    commands: list[Command] = []
    for row in buttons:
        shown = []
        for button in row:
            shown.append((button.label, f"{card_id}:{len(commands)}"))
            commands.append(Command(button.action, button.argument, pressed=True))
        rows.append(tuple(shown))
    if len(commands) > MOST_BUTTONS:
        raise ValueError(f"{len(commands)} buttons under one message")
    return Card(card_id, place, chat, by, text, tuple(commands)), tuple(rows)
