"""When a schedule that is still being typed would run: its words, its next slots, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from runners.engine.errors import Invalid, Problem
from runners.engine.forecast import FireTime, forecast
from runners.engine.schedule import in_words, parse
from webapp.pages import shell

SLOTS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class SchedulePreview:
    """What to show beside the form; `empty` says why there are no times."""

    words: str
    times: tuple[FireTime, ...] = ()
    problems: tuple[Problem, ...] = ()
    empty: str = ""


def preview(raw: dict[str, Any] | None) -> SchedulePreview:
    """Return the preview of a raw schedule; None is a job that runs only when asked."""
    if raw is None:
        return SchedulePreview("only when asked", empty="It gets no slots; people and programs start its runs.")
    try:
        schedule = parse(raw)
    except Invalid as error:
        return SchedulePreview("not yet a schedule", problems=tuple(error.problems))
    times = tuple(forecast(schedule, shell.now(), SLOTS_SHOWN))
    return SchedulePreview(in_words(schedule), times, empty="That time is over: it would never run.")
