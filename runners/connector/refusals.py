"""How often it is told that somebody is not answered."""

from collections import deque

TOLD_PER_MINUTE = 30  # a stranger must not push everything else out of the events


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
