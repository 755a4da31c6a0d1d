"""Who is not answered, and how often that is told."""

from collections import deque

from runners.connector.telegram import Incoming
from runners.engine.settings import Settings

TOLD_PER_MINUTE = 30  # a stranger must not push everything else out of the events


def refusal(message: Incoming, settings: Settings) -> str | None:
    """Return why `message` is not answered (chat or sender), None when both are allowed; an empty list allows nobody."""
    if message.chat_id not in settings.telegram_allowed_chats:
        return "chat is not in TELEGRAM_ALLOWED_CHATS"
    if message.sender_id not in settings.telegram_allowed_senders:
        return "sender is not in TELEGRAM_ALLOWED_SENDERS"
    return None


class Refusals:
    """Counts what was told in the last minute."""

    def __init__(self) -> None:
        self._told_at: deque[float] = deque(maxlen=TOLD_PER_MINUTE)

    def may_tell(self, now: float) -> bool:
        """Say whether one more may be told at `now` (monotonic seconds), and count it if so."""
        if len(self._told_at) == TOLD_PER_MINUTE and now - self._told_at[0] < 60:
            return False
        self._told_at.append(now)
        return True
