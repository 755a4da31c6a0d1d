"""Times and durations in words. Every function is pure: the present moment is an argument."""

from datetime import UTC, datetime, timedelta

_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def relative(at: datetime, now: datetime) -> str:
    """Return 'in 3 min', '12 s ago' or 'now' (within half a second), in the largest unit that fits."""
    seconds = (at - now).total_seconds()
    if abs(seconds) < 0.5:
        return "now"
    words = about(abs(at - now))
    return f"in {words}" if seconds > 0 else f"{words} ago"


def about(length: timedelta) -> str:
    """Return a length in its largest unit, rounded down: '21 min'; at least '1 s'."""
    seconds = length.total_seconds()
    for size, unit in _STEPS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "1 s"


def duration(length: timedelta | None) -> str:
    """Return '12 ms', '0.2 s', '41 s', '2 min 10 s', '3 d 4 h'; '' for None. A negative length reads as none at all."""
    if length is None:
        return ""
    seconds = max(length.total_seconds(), 0.0)
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    return _two_units(round(seconds))


def milliseconds(length_ms: float | None) -> str:
    """Return `duration` of a number of milliseconds; '' for None."""
    return "" if length_ms is None else duration(timedelta(milliseconds=length_ms))


def clock(at: datetime) -> str:
    """Return the UTC time of day, '07:02:31'."""
    return at.astimezone(UTC).strftime("%H:%M:%S")


def stamp(at: datetime) -> str:
    """Return the full UTC time for people, '2026-03-01 07:02:31 UTC'."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _two_units(seconds: int) -> str:
    for position, (size, unit) in enumerate(_STEPS):
        if seconds < size:
            continue
        count, rest = divmod(seconds, size)
        if position + 1 == len(_STEPS):
            return f"{count} {unit}"
        smaller, name = _STEPS[position + 1]
        return f"{count} {unit} {rest // smaller} {name}" if rest // smaller else f"{count} {unit}"
    return "0 s"
