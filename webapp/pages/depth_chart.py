"""The chart of queue depth, as overview and queue show it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from runners.engine.store.facts import DepthSample
from webapp.asking import platform
from webapp.pages import shell
from webapp.presentation import depth

SPAN = timedelta(hours=2)


def marks() -> depth.Marks:
    """Return the two depths between which pressure mode moves."""
    settings = platform().settings
    return depth.Marks(settings.pressure_high, settings.pressure_low)


def chart(samples: Sequence[DepthSample]) -> Markup:
    """Return the picture of the last two hours."""
    return depth.draw(samples, marks(), shell.now(), SPAN)
