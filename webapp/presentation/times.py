"""Times and durations in words, in the language and the zone of whoever reads; English and UTC outside of a request.

The present moment is an argument. Pages draw hundreds of these: the words of a language are looked up once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from babel.dates import format_date
from markupsafe import Markup, escape

from webapp.catalogues import catalogue
from webapp.language import language
from webapp.numbers import decimal
from webapp.preferences import zone

_STEPS = (86_400, 3_600, 60, 1)
_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\b", re.ASCII)
"""A time as sentences of the engine name it (`explain.moment`)."""
_STAMP = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Terms:
    """How a language says times; `units` in the order of `_STEPS`."""

    now: str
    ahead: str
    ago: str
    units: tuple[str, ...]
    thousandth: str


@cache
def _terms(language: str) -> _Terms:
    _ = catalogue(language).ugettext
    units = (_("d"), _("h"), _("min"), _("s"))
    return _Terms(_("now"), _("in %(time)s"), _("%(time)s ago"), units, _("ms"))


def relative(at: datetime, now: datetime) -> str:
    """Return 'in 3 min', '12 s ago' or 'now' (within half a second), in the largest unit that fits."""
    seconds, terms = (at - now).total_seconds(), _terms(language())
    if abs(seconds) < 0.5:
        return terms.now
    return (terms.ahead if seconds > 0 else terms.ago) % {"time": about(abs(at - now))}


def about(length: timedelta) -> str:
    """Return a length in its largest unit, rounded down: '21 min'; at least '1 s'."""
    seconds, units = length.total_seconds(), _terms(language()).units
    for size, unit in zip(_STEPS, units, strict=True):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"1 {units[-1]}"


def duration(length: timedelta | None) -> str:
    """Return '12 ms', '0.2 s', '41 s', '2 min 10 s', '3 d 4 h'; '' for None. A negative length reads as none at all."""
    if length is None:
        return ""
    seconds, terms = max(length.total_seconds(), 0.0), _terms(language())
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} {terms.thousandth}"
    if seconds < 10:
        return f"{decimal(seconds, 1)} {terms.units[-1]}"
    return _two_units(round(seconds), terms.units)


def milliseconds(length_ms: float | None) -> str:
    """Return `duration` of a number of milliseconds; '' for None."""
    return "" if length_ms is None else duration(timedelta(milliseconds=length_ms))


def clock(at: datetime) -> str:
    """Return the time of day, '14:02:31'."""
    return at.astimezone(zone()).isoformat()[11:19]


def zoned_clock(at: datetime) -> str:
    """Return the time of day and its zone, '14:02:31 WIB'."""
    local = at.astimezone(zone())
    return f"{local.isoformat()[11:19]} {_name(local)}"


def utc_clock(at: datetime) -> str:
    """Return the server's time of day, '07:02:31 UTC'."""
    return at.astimezone(UTC).strftime("%H:%M:%S UTC")


def stamp(at: datetime) -> str:
    """Return the full time for people, '2026-03-01 14:02:31 WIB'."""
    local = at.astimezone(zone())
    return f"{local.isoformat(' ', 'seconds')[:19]} {_name(local)}"


def local(said: str) -> str:
    """Return a sentence of the engine with its times as `stamp` gives them; what no calendar has stays as it is."""
    return _MOMENT.sub(lambda found: _local(found[0]), said)


def unbroken(said: str) -> Markup:
    """Return a sentence as markup in which no line ends within a point in time, as `stamp` gives it."""
    return Markup(_STAMP.sub(r'<span class="unbroken">\g<0></span>', str(escape(said))))


def _local(moment: str) -> str:
    try:
        return stamp(datetime.strptime(moment, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return moment


def day(at: datetime) -> str:
    """Return the day of the week and of the month, 'Thu 26'."""
    return str(format_date(at.astimezone(zone()).date(), "EEE d", locale=str(language())))


def zone_name(at: datetime) -> str:
    """Return what the zone is called at that time: 'WIB', and 'UTC-03' where it has no name but a number."""
    return _name(at.astimezone(zone()))


def _name(local: datetime) -> str:
    name = local.tzname() or "UTC"
    return name if name[0].isalpha() else f"UTC{name}"


def _two_units(seconds: int, units: tuple[str, ...]) -> str:
    for position, size in enumerate(_STEPS):
        if seconds < size:
            continue
        count, rest = divmod(seconds, size)
        if position + 1 == len(_STEPS):
            return f"{count} {units[position]}"
        smaller = rest // _STEPS[position + 1]
        return f"{count} {units[position]} {smaller} {units[position + 1]}" if smaller else f"{count} {units[position]}"
    return f"0 {units[-1]}"
