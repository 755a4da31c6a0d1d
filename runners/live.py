"""Live streams of the API (server-sent events) as a program reads them: message by message, through broken connections."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runners.client import Away, Client

PATIENCE_SEC = 60.0
"""How long a server that is away, or has no stream to give, is asked again."""
AGAIN_SEC = 1.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `event` is '' for an ordinary one, `data` has the lines that were sent."""

    id: str
    event: str
    data: str


def follow(client: Client, path: str) -> Iterator[Message]:
    """Yield the stream's messages, each once, up to the one that says `end`.

    A stream that breaks off is taken up behind the last message. Raises ApiFailed for a refusal, and when the server
    stays away for a minute.
    """
    seen, give_up_at = "", time.monotonic() + PATIENCE_SEC
    while True:
        try:
            with client.stream(path, seen) as lines:
                if lines is None:
                    return
                for message in messages(lines):
                    seen, give_up_at = message.id, time.monotonic() + PATIENCE_SEC
                    yield message
                    if message.event == "end":
                        return
        except Away:
            if time.monotonic() > give_up_at:
                raise
        time.sleep(AGAIN_SEC)


def messages(lines: Iterable[str]) -> Iterator[Message]:
    """Put messages together from the lines of a stream; comments and what is no message are passed over."""
    fields: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if name:
            fields.setdefault(name, []).append(value.removeprefix(" "))
        elif not line:
            if "data" in fields:
                yield Message(fields.get("id", [""])[-1], fields.get("event", [""])[-1], "\n".join(fields["data"]))
            fields = {}
