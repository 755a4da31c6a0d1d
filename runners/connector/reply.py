"""What is asked in a chat, and what is answered: plain values, which know of no channel and no store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody asked for: the word after the slash in lower case, and the rest of the line.

    `pressed` is True when it comes from a button of ours, so that it was shown before and need not be asked about once
    more; it is then exactly what the button holds. `note` is what was written in answer to `Reply.awaits`.
    """

    name: str
    argument: str = ""
    pressed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a reply. Pressing it asks for `Command(action, argument, pressed=True)`; the platform keeps both.

    All buttons of one reply are used up by the first that is pressed; they expire, and only he to whom the reply was made
    can press them, in that chat. `argument` may be long, and is never shown.
    """

    label: str
    action: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text that is sent as a file."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: plain text, in the language of the one who asked. A text that is too long is cut, with a link to `page`.

    `buttons` are rows of buttons. `page` is the path on which the whole stands, such as '/ui/runs/run_…'. With `live` the
    command is asked again while time passes and its reply takes the place of this one, until it comes without `live`.
    With `awaits` the next plain message of the same person in that chat, or an answer to this very message, is taken for
    the `note` of that command. With `replaces` the reply to a pressed button takes the place of the message with the button.
    """

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    document: Document | None = None
    page: str = ""
    live: Command | None = None
    awaits: Command | None = None
    replaces: bool = False
