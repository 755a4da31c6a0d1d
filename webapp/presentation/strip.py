"""The strip of a job's last slots as one small SVG: what ran, how long, and what did not run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from runners.engine.store.strips import Strip

SLOTS = 30
STEP = 6
HEIGHT = 22
LOWEST, HIGHEST = 5, 20
_SVG = Markup(
    f'<svg class="strip" viewBox="0 0 {SLOTS * STEP} {HEIGHT}" role="img" aria-label="{{words}}"><title>{{words}}</title>{{paths}}</svg>'
)
_PATH = Markup('<path class="{end}"{paint} d="{steps}"/>')
_HATCHED = Markup(' stroke="url(#hatch)"')
_WORDS = {
    "success": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "skipped": "skipped by a guard",
    "missed": "missed",
    "waiting": "waiting for a decision",
    "running": "running",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One slot: its end (a key of `_WORDS`) and how long its run took, None when it did not run."""

    end: str
    took: timedelta | None = None


def draw(bars: Sequence[Bar]) -> Markup:
    """Return the SVG of at most the last 30 bars, newest at the right; heights compare durations within the strip."""
    bars = bars[-SLOTS:]
    longest = max((bar.took for bar in bars if bar.took), default=timedelta(0))
    first = SLOTS - len(bars)
    steps = {"base": f"M0 {HEIGHT - 0.5}H{first * STEP}"} if first else {}
    for position, bar in enumerate(bars, start=first):
        step = f"M{position * STEP + 3} {HEIGHT}V{HEIGHT - _height(bar, longest)}"
        steps[bar.end] = steps.get(bar.end, "") + step
    return _SVG.format(words=in_words(bars), paths=Markup("").join(_path(end, path) for end, path in steps.items()))


def bars(strip: Strip) -> list[Bar]:
    """Return the strip's ends, oldest first, and its active runs last."""
    ended = [Bar(str(mark.end), mark.duration) for mark in strip.marks]
    waiting = [Bar("waiting")] * len(strip.waiting_runs)
    return ended + waiting + [Bar("running")] * (len(strip.active_runs) - len(waiting))


def in_words(bars: Sequence[Bar]) -> str:
    """Return 'last 30 slots: 26 succeeded, 4 failed', most frequent first."""
    if not bars:
        return "no slots yet"
    counts = Counter(bar.end for bar in bars).most_common()
    return f"last {len(bars)} slots: " + ", ".join(f"{count} {_WORDS[end]}" for end, count in counts)


def _height(bar: Bar, longest: timedelta) -> int:
    if bar.end in ("skipped", "missed"):
        return HIGHEST
    if bar.took is None or not longest:
        return HIGHEST if bar.end == "failed" else LOWEST
    return LOWEST + round((HIGHEST - LOWEST) * (bar.took / longest))


def _path(end: str, steps: str) -> Markup:
    # the pattern stands once in base.html; as an attribute it is found in the document, not in the style sheet
    return _PATH.format(end=end, steps=steps, paint=_HATCHED if end == "skipped" else "")
