"""Points in time and lengths of time, at the edges: whole milliseconds, whole seconds, RFC 3339."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
DAY_SEC = 86_400


def to_ms(at: datetime) -> int:
    """Return the whole milliseconds from the epoch to `at` (aware), rounded down."""
    return (at - EPOCH) // MILLISECOND


def from_ms(ms: int) -> datetime:
    """Return the aware UTC time `ms` milliseconds after the epoch. Raises ValueError outside of the years 1 to 9999."""
    try:
        return EPOCH + ms * MILLISECOND
    except OverflowError:
        raise ValueError(f"{ms} ms is outside of the calendar") from None


def seconds(length: timedelta) -> int:
    """Return the whole seconds in `length`, rounded down."""
    return length // SECOND


def milliseconds(length: timedelta) -> int:
    """Return the whole milliseconds in `length`, rounded down."""
    return length // MILLISECOND


def rfc3339(at: datetime) -> str:
    """Return `at` (aware) as UTC RFC 3339 with milliseconds and Z, as every answer of the platform has it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
