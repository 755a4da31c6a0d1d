"""Guessing is made slow: every try to sign in counts against where it comes from and whom it names, in all processes together.

A stranger can use up what a name has from unknown browsers, and his own address. He cannot lock its owner out: a browser in
which that one has signed in before has a count of its own (OWASP, "device cookies").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from runners.engine.clock import SECOND
from runners.engine.errors import TooMany
from runners.engine.events import EventType
from runners.engine.platform import Platform
from runners.engine.protocol.attempts import count_attempt, forget_attempts
from runners.engine.protocol.events import append
from runners.engine.store.away import reported

WINDOW = timedelta(minutes=15)
PER_ADDRESS = 60
PER_NAME = 10
PER_BROWSER = 10


@dataclass(frozen=True, slots=True)
class Source:
    """Something that may try `most` times in a window; `kind` is address, name or browser."""

    kind: str
    who: str
    most: int


def sources(address: str, name: str, browser: str | None) -> tuple[Source, ...]:
    """Return what a try counts against.

    `name` is the one that is named, '' when a token is shown. `browser` identifies one in which he signed in before.
    """
    if browser:
        return (Source("browser", f"{browser} {name}", PER_BROWSER),)
    of_address = Source("address", address, PER_ADDRESS)
    return (of_address, Source("name", name, PER_NAME)) if name else (of_address,)


def admit(platform: Platform, tried: Sequence[Source]) -> None:
    """Count a try before it is made; the first one that is too many is an event.

    Raises TooMany; and StoreAway, because what cannot be counted must not be tried.
    """
    for source in tried:
        with reported():
            found = count_attempt(platform.store, source.kind, source.who, WINDOW)
        if found.count == source.most + 1:
            with reported():
                append(platform.store, EventType.AUTH_REFUSED, {"tried": source.most, "by": source.kind})
        if found.count > source.most:
            wait = max(1, found.left // SECOND)
            raise TooMany(f"too many tries to sign in; try again in {wait // 60 + 1} minutes", wait)


def forgive(platform: Platform, tried: Sequence[Source]) -> None:
    """Forget the tries of a name or a browser that turned out to be right; those of an address count on."""
    with reported():
        for source in tried:
            if source.kind != "address":
                forget_attempts(platform.store, source.kind, source.who)
