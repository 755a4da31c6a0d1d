"""What is still to be said, as it waits in the store: a message, an edit, a file, or a word to the one who pressed a button."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from runners.connector.channel import Shown
from runners.connector.fitting import plain
from runners.connector.reply import Command, Document
from runners.engine import clock

Kind = Literal["send", "edit", "file", "answer"]
REPLY_LIFE = timedelta(days=1)
ANSWER_LIFE = timedelta(seconds=60)
"""A press that was not answered by then is forgotten by the one who pressed."""
ANSWER_KEPT = 190
"""Characters of an answer to a press (Bot API, answerCallbackQuery: 200)."""
CAPTION_KEPT = 1000
"""UTF-16 units of what stands under a file (Bot API, sendDocument: 1024)."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One of them. `number` is the message that an edit changes, `query` the press that an answer is for, `alone` whether nothing
    else tells what came of it.

    `awaits` and `live` (commands) are kept under the message's number once it has one, for `person`, who asked. `about` goes
    into the event about one that could not be said. `id` makes each one different.
    """

    kind: Kind
    chat: str
    text: str
    expires_ms: int
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    number: str = ""
    query: str = ""
    alone: bool = False
    file: Document | None = None
    awaits: Command | None = None
    live: Command | None = None
    asked_by: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def shown(self) -> Shown:
        """The message as the channel gets it."""
        return Shown(self.text, self.buttons)

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self), separators=(",", ":"))


def read(text: str) -> Saying:
    """Return what `to_json` made. Raises ValueError, TypeError and KeyError on anything else."""
    fields = json.loads(text)
    rows = tuple(tuple((label, back) for label, back in row) for row in fields.pop("buttons"))
    awaits, live, file = (fields.pop(name) for name in ("awaits", "live", "file"))
    document = Document(**file) if file else None
    return Saying(buttons=rows, awaits=command_of(awaits), live=command_of(live), file=document, **fields)


def command_of(kept: Mapping[str, Any] | None) -> Command | None:
    """Return the command that was kept as its fields, None for none."""
    return Command(**kept) if kept else None


def answering(query: str, text: str, now: datetime, *, alone: bool) -> Saying:
    """Return the word to the one who pressed a button; `alone` says that nothing else tells him."""
    first = plain(text.strip().partition("\n")[0])
    kept = first if len(first) <= ANSWER_KEPT else first[: ANSWER_KEPT - 1] + "…"
    return Saying("answer", "", kept, clock.to_ms(now + ANSWER_LIFE), query=query, alone=alone)
