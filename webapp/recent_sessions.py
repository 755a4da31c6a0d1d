"""Sessions that the store has just vouched for: by them people go on reading while it is away (docs/decisions/0024).

They let nobody change anything, and nobody in anew; whoever's session ended is forgotten as soon as this process hears of it.
"""

from __future__ import annotations

from threading import Lock
from time import monotonic

from runners.engine.access.sessions import SignedIn
from runners.engine.store.sessions import digest_of
from webapp.newest import Newest

TRUSTED_SEC = 300
SESSIONS_KEPT = 1000


class RecentSessions:
    """Who was signed in when the store was last asked, by the digest of the session's id."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: Newest[str, tuple[SignedIn, float]] = Newest(SESSIONS_KEPT)
        self._lock = Lock()

    def note(self, session_id: str, found: SignedIn | None) -> None:
        """Keep what the store has just said of a session; None when there is none of this id."""
        digest = digest_of(session_id)
        with self._lock:
            if found:
                self._kept[digest] = found, monotonic()
            else:
                self._kept.pop(digest, None)

    def lately(self, session_id: str) -> SignedIn | None:
        """Return whose session this was within the last five minutes, or None."""
        with self._lock:
            found, asked_at = self._kept.get(digest_of(session_id), (None, 0.0))
        return found if monotonic() - asked_at < TRUSTED_SEC else None
