"""The coming day as one strip: for each five minutes how many jobs fall due in the fullest of them, and the hours below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from runners.engine.coming_day import ComingDay, Peak
from runners.engine.crowding import MINUTE, MINUTES
from webapp.catalogues import catalogue
from webapp.language import language
from webapp.numbers import number
from webapp.presentation.times import clock

STEP = 5
HEIGHT = 120
TOP = 18
LOWEST = 2
"""Pixels that even a single job gets."""
EVERY = 3
"""Hours between two times below the strip."""
_SVG = Markup('<svg class="chart day" role="img" aria-label="{words}">{parts}</svg>')
_BARS = Markup(
    f'<svg width="100%" height="{HEIGHT}" viewBox="0 0 {MINUTES} {HEIGHT}" preserveAspectRatio="none">'
    '<path class="bars" d="{bars}"/><path class="peaks" d="{peaks}"/></svg>'
)
_AXIS = Markup(f'<line class="axis" x1="0" x2="100%" y1="{HEIGHT}" y2="{HEIGHT}"/>')
_TEXT = Markup('<text x="{x:.1f}%" y="{y}" text-anchor="{anchor}">{text}</text>')
_BETWEEN = Markup('<text class="between" x="{x:.1f}%" y="{y}" text-anchor="middle">{text}</text>')
"""An hour that is left out where the strip is narrow."""


def draw(day: ComingDay, peaks: Sequence[Peak]) -> Markup:
    """Return the strip; the bars of `peaks` are marked, and the first of them says its number."""
    fullest = [max(day.counts[at : at + STEP]) for at in range(0, MINUTES, STEP)]
    top, marked = max(fullest), {day.place_of(peak.at) for peak in peaks}
    places = {place // STEP for place in marked if place is not None}
    bars = "".join(_bar(at, count, top) for at, count in enumerate(fullest) if count and at not in places)
    named = "".join(_bar(at, fullest[at], top) for at in sorted(places))
    parts = (_BARS.format(bars=bars, peaks=named), _AXIS, *_hours(day), *_first(day, peaks))
    return _SVG.format(words=in_words(day, peaks), parts=Markup("").join(parts))


def in_words(day: ComingDay, peaks: Sequence[Peak]) -> str:
    """Return the strip in one sentence."""
    _ = catalogue(language()).ugettext
    usual = number(day.usual)
    if not peaks:
        return str(
            _("jobs due in each minute of the coming day: no minute stands out; the usual one has %(usual)s")
        ) % {"usual": usual}
    said = _("jobs due in each minute of the coming day: %(jobs)s at %(time)s; the usual minute has %(usual)s")
    return str(said) % {"jobs": number(peaks[0].jobs), "time": clock(peaks[0].at)[:5], "usual": usual}


def _bar(place: int, count: int, top: int) -> str:
    height = max(round((HEIGHT - TOP) * count / top), LOWEST)
    return f"M{place * STEP} {HEIGHT}v-{height}h4v{height}z"


def _hours(day: ComingDay) -> Iterator[Markup]:
    for hour in range(0, 25, EVERY):
        anchor = {0: "start", 24: "end"}.get(hour, "middle")
        text = clock(day.start + hour * 60 * MINUTE)[:5]
        drawn = _BETWEEN if hour % (2 * EVERY) else _TEXT
        yield drawn.format(x=hour / 24 * 100, y=HEIGHT + 15, anchor=anchor, text=text)


def _first(day: ComingDay, peaks: Sequence[Peak]) -> Iterator[Markup]:
    for peak in peaks[:1]:
        across = (day.place_of(peak.at) or 0) / MINUTES * 100
        anchor = "start" if across < 12 else "end" if across > 88 else "middle"
        yield _TEXT.format(x=across, y=12, anchor=anchor, text=f"{number(peak.jobs)} · {clock(peak.at)[:5]}")
