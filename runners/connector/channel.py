"""What every channel can do, and what comes in by it: the seam between the conversation and the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from runners.connector.reply import Document
from runners.engine.words import Language


class ChannelFault(Exception):
    """The channel could not be used. `wait` is how long it asks to be left alone, None when it does not say.

    `refused` means that this very message will never be taken, so that sending it again is useless.
    """

    def __init__(self, message: str, *, wait: timedelta | None = None, refused: bool = False) -> None:
        super().__init__(message)
        self.wait = wait
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed. `card` and `place` are what it was sent with; `query` is to be answered at once."""

    query: str
    card: str
    place: int
    message: str = ""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update. `text` and `press` are None when it is nothing to answer: edited, forwarded, from a bot, no text.

    `chat` and `sender` are the channel's own numbers or names; `name` is what the sender calls himself, never to be trusted.
    `language` is that of the sender's app. `answers` is the message of ours that it answers, '' for none.
    """

    update_id: int
    chat: str = ""
    sender: str = ""
    text: str | None = None
    language: Language = Language.EN
    name: str = ""
    answers: str = ""
    press: Press | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a channel gets it: text that fits, and rows of (label, what a press brings back)."""

    text: str
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()


class Channel(Protocol):
    """One account of one channel. Every method raises ChannelFault and nothing else."""

    longest: int
    """How long a message may be, in UTF-16 units."""

    async def open(self) -> None:
        """Make the channel ready to be read by this process; called when it takes the turn."""

    async def updates(self, offset: int, *, wait: bool) -> list[Incoming]:
        """Return the updates from `offset` on (0: all that nobody has confirmed).

        With `wait` the call stays open until one comes, for a while; without, it answers at once.
        """

    async def send(self, chat: str, message: Shown) -> str:
        """Send a message; return its number in the chat."""

    async def edit(self, chat: str, number: str, message: Shown) -> None:
        """Put another text and other buttons in the place of a message of ours; the same again is no fault."""

    async def answer_button(self, query: str, text: str, *, alone: bool) -> None:
        """Tell the one who pressed a button that it was heard; `alone` says that nothing else will tell him."""

    async def send_document(self, chat: str, document: Document, caption: str) -> str:
        """Send a text as a file; return the number of its message."""

    async def close(self) -> None:
        """Close the connections."""
