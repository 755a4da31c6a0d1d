"""Some time as one bar for each stretch of it: runs that succeeded, and on top of them those that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from flask_babel import gettext as _
from markupsafe import Markup

from webapp.numbers import number
from webapp.presentation import chart

TOP, BOTTOM = 12, 84
HEIGHT = BOTTOM - TOP
STEP = 10
WIDTH = 7
LOWEST = 2
"""Pixels that even a single run gets, so that it can be seen beside a thousand."""
_PLOT = Markup(
    f'<svg y="{TOP}" width="100%" height="{HEIGHT}" viewBox="0 0 {{width}} {HEIGHT}" preserveAspectRatio="none">{{bars}}</svg>'
)
_BAR = Markup('<rect class="{end}" x="{x}" y="{y}" width="{width}" height="{height}"/>')


class Ended(Protocol):
    """How many runs ended in a stretch of time."""

    @property
    def success(self) -> int: ...
    @property
    def failed(self) -> int: ...
    @property
    def end_at(self) -> datetime: ...


def draw(stretches: Sequence[Ended], step: timedelta, now: datetime, span: timedelta) -> Markup:
    """Return the picture of the last `span`, a bar for each stretch of a `step` where it ended; the rest is empty."""
    start, places = now - span, span / step
    shown = [one for one in stretches if one.end_at > start]
    highest = max((one.success + one.failed for one in shown), default=0)
    bars = [bar for one in shown for bar in _bars((one.end_at - start) / step - 1, one, highest)]
    parts = (
        *(chart.level(TOP + LOWEST, number(highest), "grid") if highest else ()),
        _PLOT.format(width=round(places * STEP), bars=Markup("").join(bars)),
        *chart.ends(now - span, now, BOTTOM),
    )
    return chart.picture(in_words(shown), iter(parts), "spread")


def in_words(stretches: Sequence[Ended]) -> str:
    """Return the picture in one sentence."""
    done, failed = (sum(getattr(one, name) for one in stretches) for name in ("success", "failed"))
    return _("%(done)s succeeded, %(failed)s failed", done=number(done), failed=number(failed))


def _bars(position: float, one: Ended, highest: int) -> Iterator[Markup]:
    foot = HEIGHT
    for end, count in (("success", one.success), ("failed", one.failed)):
        if count:
            height = max(round(count / highest * (HEIGHT - LOWEST)), LOWEST)
            foot -= height
            yield _BAR.format(end=end, x=round(max(position, 0) * STEP), y=foot, width=WIDTH, height=height)
