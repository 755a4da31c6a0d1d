"""`/link CODE`: somebody shows who he is by a one-time code; the only thing that is heard from those who are nobody yet."""

from __future__ import annotations

from runners.connector.channel import Incoming
from runners.engine.access.chatting import redeem
from runners.engine.access.guessing import Source, admit
from runners.engine.errors import Conflict, Forbidden, TooMany
from runners.engine.platform import Platform
from runners.engine.words import say
from runners.engine.words.slash import slash_of
from runners.engine.words.spoken import spoken

NAME = "link"
TRIES = 10
"""Of one sender within the window of `guessing`; then he is not answered. A code has 128 bits."""


def link(platform: Platform, channel: str, update: Incoming, code: str, request_id: str) -> str | None:
    """Link the sender to whom the code is for, and return what to say; None to one who has tried too often."""
    if not code:
        return say("talk.link_how", update.language, slash=slash_of(channel))
    try:
        admit(platform, (Source("chat", f"{channel}:{update.sender}", TRIES),))
        about = {"chat": update.chat, "calls_himself": update.name}
        person = redeem(platform, channel, update.sender, about, code, request_id)
    except TooMany:
        return None
    except Forbidden:
        return say("talk.no_code", update.language)
    except Conflict as error:
        return spoken(str(error), update.language)
    return say("talk.linked", update.language, slash=slash_of(channel), person=person.name, role=person.role)
