"""What is known of a job that is still being typed: all that is wrong with it, and when it would run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.agents.sharing import Sharing
from runners.engine.errors import Invalid, Problem
from runners.engine.forecast import FireTime, forecast
from runners.engine.schedule import Schedule, in_words, parse
from webapp.asking import actor, platform
from webapp.language import language
from webapp.pages import shell
from webapp.pages.job_editor import Editor
from webapp.pages.job_typed import typed_spec

SLOTS_SHOWN = 8
MISSING = frozenset({"missing", "string_too_short"})
"""Types of problems of a field that nobody has typed into yet: no fault while the form is being filled in."""


@dataclass(frozen=True, slots=True)
class JobPreview:
    """What to show beside the form: the schedule in words and its next slots; `empty` says why there are none.

    `problems` are all that the check finds. `checked` is False while the form has only been opened. `sharing` says whose memory
    its agent would share.
    """

    words: str
    times: tuple[FireTime, ...] = ()
    problems: tuple[Problem, ...] = ()
    empty: str = ""
    checked: bool = False
    sharing: Sharing | None = None

    @property
    def wrong(self) -> tuple[Problem, ...]:
        """The problems of what was typed."""
        return tuple(problem for problem in self.problems if problem.type not in MISSING)

    @property
    def missing(self) -> tuple[Problem, ...]:
        """The problems of what was not typed yet."""
        return tuple(problem for problem in self.problems if problem.type in MISSING)


def checked(spec: Mapping[str, Any]) -> JobPreview:
    """Check the whole spec as saving it would, and forecast it, storing nothing."""
    try:
        found = operations.preview(platform(), actor(), spec, SLOTS_SHOWN)
    except Invalid as error:
        return of_schedule(spec.get("schedule"), tuple(error.problems), checked=True)
    return of_preview(found)


def of_preview(found: operations.Preview) -> JobPreview:
    """Return what there is to show of a spec without a fault."""
    schedule = found.spec.schedule
    empty = _why_empty(schedule)
    return JobPreview(
        in_words(schedule, language()), tuple(found.times), (), empty, checked=True, sharing=found.sharing
    )


def unreadable(problems: list[Problem]) -> JobPreview:
    """Return what can be said of a text that is no spec."""
    return JobPreview(_("not yet a schedule"), problems=tuple(problems), checked=True)


def of_editor(editor: Editor) -> JobPreview:
    """Return when the schedule of an open form would run, and nothing else."""
    try:
        spec = typed_spec({**editor.shown, "mode": editor.written}, editor.fields)
    except Invalid:
        return JobPreview(_("not yet a schedule"))
    return of_schedule(spec.get("schedule"), (), checked=False)


def of_schedule(raw: object, problems: tuple[Problem, ...], *, checked: bool) -> JobPreview:
    """Return when a raw schedule would be due, whatever else is wrong."""
    try:
        schedule = None if raw is None else parse(raw)
    except Invalid:
        return JobPreview(_("not yet a schedule"), problems=problems, checked=checked)
    times = tuple(forecast(schedule, shell.now(), SLOTS_SHOWN)) if schedule else ()
    return JobPreview(in_words(schedule, language()), times, problems, _why_empty(schedule), checked)


def _why_empty(schedule: Schedule | None) -> str:
    if schedule is None:
        return _("It gets no slots; people and programs start its runs.")
    return _("That time is over: it would never run.")
