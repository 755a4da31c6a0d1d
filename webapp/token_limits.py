"""How often wrong tokens may be shown from one place.

Wrong ones are counted in the store, in all processes together; whoever has shown too many waits out the rest of the minute.
A token that was right in this process before goes on counting as right meanwhile: it is no guess, and a neighbour behind the
same address cannot lock its holder out.
"""

from __future__ import annotations

import math
import threading
import time
from datetime import timedelta

from runners.engine.errors import TooMany
from runners.engine.protocol.attempts import count_attempt
from runners.engine.store.away import reported
from runners.engine.store.connection import Store
from webapp.newest import Newest

WINDOW = timedelta(minutes=1)
WRONG_PER_WINDOW = 20
REMEMBERED = 10_000


class WrongTokens:
    """Which places wait because of wrong tokens, and which tokens were right; safe to be shared by threads."""

    def __init__(self) -> None:
        """Know nobody yet."""
        self._lock = threading.Lock()
        self._waits: Newest[str, float] = Newest(REMEMBERED)
        self._right: Newest[str, None] = Newest(REMEMBERED)

    def admit(self, place: str, digest: str) -> None:
        """Let the token of this digest be tried. Raises TooMany."""
        with self._lock:
            left = self._waits.get(place, 0.0) - time.monotonic()
            if left > 0 and digest not in self._right:
                raise _wait(left)

    def was_right(self, digest: str) -> None:
        """Remember that a token let somebody in."""
        with self._lock:
            self._right[digest] = None

    def was_wrong(self, store: Store, place: str, digest: str) -> None:
        """Count a wrong token. Raises TooMany when there were too many, and StoreAway: uncounted, nothing may be tried."""
        with self._lock:
            self._right.pop(digest, None)
        with reported():
            found = count_attempt(store, "token", place, WINDOW)
        if found.count > WRONG_PER_WINDOW:
            left = found.left.total_seconds()
            with self._lock:
                self._waits[place] = time.monotonic() + left
            raise _wait(left)


def _wait(left: float) -> TooMany:
    return TooMany("too many wrong tokens came from here; try again later", max(1, math.ceil(left)))
