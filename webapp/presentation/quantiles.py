"""How long runs waited or took, over time: the middle one and the slow ones as two lines on a scale of ratios."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from markupsafe import Markup

from runners.engine.store.spreads import Quantiles
from webapp.presentation import chart
from webapp.presentation.times import duration

TOP, BOTTOM = 12, 84
WIDTH = 1000
APART = 18
"""Pixels between two marks, and below the lowest, so that their words do not meet."""
MARKS_SEC = (0.001, 0.01, 0.1, 1, 10, 60, 600, 3600)
LEAST = 10.0
"""The scale spans at least this ratio, so that a flat line looks flat."""
_PLOT = Markup(
    f'<svg width="100%" height="{BOTTOM}" viewBox="0 0 {WIDTH} {BOTTOM}" preserveAspectRatio="none">'
    '<path class="band" d="{band}"/><path class="slow" d="{slow}"/><path class="line" d="{middle}"/></svg>'
)
Point = tuple[datetime, Quantiles]


def draw(points: Sequence[Point], now: datetime, span: timedelta) -> Markup:
    """Return the chart of the last `span`; `points` are oldest first, with nothing where no run was."""
    start = now - span
    shown = [(at, found) for at, found in points if at >= start]
    low, high = _scale([found for _, found in shown])
    parts = (
        *(part for at, y in _marks(low, high) for part in chart.level(y, duration(timedelta(seconds=at)), "grid")),
        _plot(shown, start, span, low, high),
        *chart.ends(start, now, BOTTOM),
    )
    return chart.picture(in_words(shown), iter(parts), "spread")


def in_words(points: Sequence[Point]) -> str:
    """Return the chart in one sentence."""
    if not points:
        return _("no run yet")
    p50, p95 = max(found.p50 for _, found in points), max(found.p95 for _, found in points)
    return _("half within %(p50)s at most, 95 of 100 within %(p95)s", p50=duration(p50), p95=duration(p95))


def _scale(found: Sequence[Quantiles]) -> tuple[float, float]:
    """Return the seconds at the lower and the upper edge."""
    if not found:
        return 0.1, 10.0
    low = max(min(one.p50 for one in found).total_seconds(), 0.001) / 1.5
    high = max(one.p95 for one in found).total_seconds() * 1.5
    return low, max(high, low * LEAST)


def _height(length: timedelta, low: float, high: float) -> float:
    share = math.log(max(length.total_seconds(), low) / low) / math.log(high / low)
    return round(BOTTOM - (BOTTOM - TOP) * min(share, 1.0), 1)


def _marks(low: float, high: float) -> list[tuple[float, float]]:
    """Return the seconds that are marked on the scale, each with its height; no two so near that their words meet."""
    found, last = [], float(BOTTOM)
    for seconds in MARKS_SEC:
        y = _height(timedelta(seconds=seconds), low, high)
        if low < seconds < high and last - y >= APART:
            found.append((seconds, y))
            last = y
    return found


def _plot(points: Sequence[Point], start: datetime, span: timedelta, low: float, high: float) -> Markup:
    if not points:
        return Markup("")
    places = [round((at - start) / span * WIDTH) for at, _ in points]
    middle = [(x, _height(found.p50, low, high)) for x, (_, found) in zip(places, points, strict=True)]
    slow = [(x, _height(found.p95, low, high)) for x, (_, found) in zip(places, points, strict=True)]
    return _PLOT.format(band=f"{_path(middle)}{_path(slow[::-1], 'L')}Z", slow=_path(slow), middle=_path(middle))


def _path(points: Sequence[tuple[int, float]], begin: str = "M") -> str:
    return begin + "L".join(f"{x} {y:g}" for x, y in points)
