"""The strip of a job's last slots as one small SVG: what ran, how long, and what did not run, hatched by its guard."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from markupsafe import Markup

from runners.engine.store.strips import End, Strip
from runners.engine.words import Language, say
from webapp.language import language

SLOTS = 30
STEP = 6
HEIGHT = 22
LOWEST, HIGHEST = 5, 20
HATCHES = (
    ("overlap", 4, 45, "M0 1H4"),
    ("flow_limit", 4, -45, "M0 1H4"),
    ("pressure", 4, 0, "M0 1H4"),
    ("cooldown", 5, 0, "M0 2H2.4M2.5 4.5H5"),
    ("pending_approval", 5, 0, "M0 4L2.5 1L5 4"),
    ("paused", 6, 0, "M2 0V6M4.2 0V6"),
    ("dispatch_cap", 4, 0, "M0 1H4M3 0V4"),
    ("other", 3, 0, "M0 1H1.5"),
)
"""How each guard hatches what it skipped: size and turn of the pattern, and its lines. `other` is for one of another version."""
HATCHED = frozenset(guard for guard, *_rest in HATCHES)
_SVG = Markup(
    f'<svg class="strip" viewBox="0 0 {SLOTS * STEP} {HEIGHT}" role="img" aria-label="{{words}}">{{paths}}</svg>'
)
_PATH = Markup('<path class="{end}"{paint} d="{steps}"><title>{words}</title></path>')
_HATCH = Markup(' stroke="url(#hatch-{guard})"')


@dataclass(frozen=True, slots=True)
class Bar:
    """One slot: its end (an `End`, waiting or running), how long its run took, None when it did not run, and its guard."""

    end: str
    took: timedelta | None = None
    guard: str = ""


def draw(bars: Sequence[Bar]) -> Markup:
    """Return the SVG of at most the last 30 bars, newest at the right; heights compare durations within the strip."""
    bars = bars[-SLOTS:]
    longest = max((bar.took for bar in bars if bar.took), default=timedelta(0))
    first = SLOTS - len(bars)
    steps: dict[tuple[str, str], str] = {}
    for position, bar in enumerate(bars, start=first):
        step = f"M{position * STEP + 3} {HEIGHT}V{HEIGHT - _height(bar, longest)}"
        steps[bar.end, bar.guard] = steps.get((bar.end, bar.guard), "") + step
    base = Markup(f'<path class="base" d="M0 {HEIGHT - 0.5}H{first * STEP}"/>') if first else Markup()
    counts = Counter((bar.end, bar.guard) for bar in bars)
    paths = Markup("").join(_path(kind, path, counts[kind]) for kind, path in steps.items())
    return _SVG.format(words=in_words(bars), paths=base + paths)


def bars(strip: Strip) -> list[Bar]:
    """Return the strip's ends, oldest first, and its active runs last."""
    ended = [Bar(str(mark.end), mark.duration, mark.by if mark.end is End.SKIPPED else "") for mark in strip.marks]
    waiting = [Bar("waiting")] * len(strip.waiting_runs)
    return ended + waiting + [Bar("running")] * (len(strip.active_runs) - len(waiting))


def in_words(bars: Sequence[Bar]) -> str:
    """Return 'last 30 slots: 26 succeeded, 4 failed', most frequent first."""
    if not bars:
        return _("no slots yet")
    counts = Counter((bar.end, bar.guard) for bar in bars).most_common()
    head = _("last %(count)s slots", count=len(bars))
    return f"{head}: " + ", ".join(_words(kind, count) for kind, count in counts)


def guard_name(guard: str) -> str:
    """Return what a guard is called in the reader's language."""
    return say(f"guard.{guard}", Language(language()))


def _words(kind: tuple[str, str], count: int) -> str:
    end, guard = kind
    if end == "skipped" and guard:
        return _("%(count)s skipped: %(guard)s", count=count, guard=guard_name(guard))
    said = {
        "success": _("succeeded"),
        "failed": _("failed"),
        "cancelled": _("cancelled"),
        "missed": _("missed"),
        "skipped": _("skipped by a guard"),
        "waiting": _("waiting for a decision"),
    }
    return f"{count} {said.get(end, _('running'))}"


def _height(bar: Bar, longest: timedelta) -> int:
    if bar.end in ("skipped", "missed"):
        return HIGHEST
    if bar.took is None or not longest:
        return HIGHEST if bar.end == "failed" else LOWEST
    return LOWEST + round((HIGHEST - LOWEST) * (bar.took / longest))


def _path(kind: tuple[str, str], steps: str, count: int) -> Markup:
    # the patterns stand once in base.html; as an attribute one is found in the document, not in the style sheet
    end, guard = kind
    paint = _HATCH.format(guard=guard if guard in HATCHED else "other") if end == "skipped" else ""
    return _PATH.format(end=end, paint=paint, steps=steps, words=_words(kind, count))
