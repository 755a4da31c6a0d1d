"""Who is not answered, and how often that is told."""

from collections import deque
from dataclasses import dataclass

from runners.connector.channel import Incoming

TOLD_PER_MINUTE = 30  # a stranger must not push everything else out of the events


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who is answered: both lists must name him. `chats_named` and `senders_named` are what the lists are called."""

    chats: frozenset[str]
    senders: frozenset[str]
    chats_named: str = "TELEGRAM_ALLOWED_CHATS"
    senders_named: str = "TELEGRAM_ALLOWED_SENDERS"

    def refusal(self, message: Incoming) -> str | None:
        """Return why `message` is not answered (chat or sender), None when both are allowed; an empty list allows nobody."""
        if message.chat not in self.chats:
            return f"chat is not in {self.chats_named}"
        if message.sender not in self.senders:
            return f"sender is not in {self.senders_named}"
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
