"""When tokens are used: to the minute, and the first use of each in a day stands in the audit.

A request is never refused because its use could not be put down: a store that is full may still be read.
"""

from __future__ import annotations

import threading
import time

import structlog
from redis.exceptions import RedisError

from runners.engine.access.identity import Identity
from runners.engine.audit import Author
from runners.engine.errors import StoreAway
from runners.engine.platform import Platform
from runners.engine.protocol.tokens import note_use

EVERY_SEC = 60
LOG = structlog.get_logger("runners.access")


class Uses:
    """What this process has put down in the last minute, so that a request costs no write; safe to be shared by threads."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._lock = threading.Lock()
        self._noted: dict[str, float] = {}

    def note(self, platform: Platform, identity: Identity, surface: str, request_id: str) -> None:
        """Put down that a token was used just now."""
        if identity.kind not in ("token", "environment") or not self._is_due(identity.subject):
            return
        token = identity.id if identity.kind == "token" else identity.subject
        author = Author(identity.subject, surface, operation="use_token", role=identity.role, request_id=request_id)
        try:
            note_use(platform.store, author, token)
        except (RedisError, StoreAway) as error:
            LOG.warning("token.use_not_noted", token=identity.subject, fault=type(error).__name__)

    def _is_due(self, subject: str) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._noted.get(subject, float("-inf")) < EVERY_SEC:
                return False
            self._noted = {name: at for name, at in self._noted.items() if now - at < EVERY_SEC}
            self._noted[subject] = now
        return True
