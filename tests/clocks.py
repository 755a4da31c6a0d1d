"""Time that a test moves itself."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class MovingClock:
    """A clock that stands still until a test moves it. Called, it tells the time as the store's would."""

    at: datetime = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> datetime:
        """Move on by `timedelta(**span)` and return the new time."""
        self.at += timedelta(**span)
        return self.at
