"""What the tab of decisions is asked by its address: a time, a filter, and which rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.decision import Decision, Outcome
from runners.engine.errors import NotFound, Unreadable
from runners.engine.guards import GUARDS
from runners.engine.job import Job
from runners.engine.look import MISSES
from runners.engine.operations import DecisionFilter, Then
from runners.engine.run import Run
from runners.engine.schedule.recent import MINUTE, length_of, read_recent
from runners.engine.store.page import LONGEST_NUMBER, foreign
from webapp.pages import shell
from webapp.pages.reading import read

GUARD_NAMES = tuple(guard.__name__ for guard in GUARDS)


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as it was typed: `at` is None when nothing was asked, or nothing that is a time; then `problem` says so."""

    typed: str
    zone: str
    zones: tuple[str, ...]
    at: datetime | None = None
    length: timedelta = MINUTE
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the job then, with the run that a slot became, as far as it is still kept."""

    then: Then
    run: Run | None

    @property
    def decision(self) -> Decision | None:
        """The decision that answers; None where none was made."""
        return self.then.found[0] if self.then.found else None


def asked_of(args: Mapping[str, str], job: Job) -> Asked:
    """Return the question of the address: '02:00' is the last time that clocks showed it, a date and time may be local or RFC 3339."""
    own = job.spec.schedule.timezone if job.spec.schedule else "UTC"
    zones = tuple(dict.fromkeys((own, "UTC")))
    zone = args.get("zone", "") if args.get("zone") in zones else own
    typed = args.get("at", "").strip()[:40]
    if not typed:
        return Asked("", zone, zones)
    at = read_recent(typed, zone, shell.now())
    if at is None:
        problem = _("“%(typed)s” is no time; write 02:00, or 2026-11-27 02:00", typed=typed)
        return Asked(typed, zone, zones, problem=problem)
    return Asked(typed, zone, zones, at, length_of(typed))


def answer_of(asked: Asked, job: Job) -> Answer | None:
    """Return the answer, None when nothing was asked."""
    if asked.at is None:
        return None
    then = read(operations.why_then, job.job_id, asked.at, asked.length)
    run_id = then.found[0].run_id if then.found else None
    return Answer(then, _run(run_id) if run_id else None)


def decision_filter(args: Mapping[str, str]) -> DecisionFilter:
    """Return what the address filters by; words that mean nothing let all pass."""
    outcome, reason = args.get("decision", ""), args.get("guard", "")
    return DecisionFilter(
        Outcome(outcome) if outcome in set(Outcome) else None,
        reason if reason in (*GUARD_NAMES, *MISSES) else None,
    )


def row_numbers(args: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Return the numbers of the rows that the page begins behind and ends before. Raises Malformed."""
    older, newer = (_number(args.get(name, "")) for name in ("older", "newer"))
    return older, newer if older is None else None


def _number(text: str) -> int | None:
    if text and not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        raise foreign(text)
    return int(text) if text else None


def _run(run_id: str) -> Run | None:
    try:
        return read(operations.get_run, run_id)
    except (NotFound, Unreadable):
        return None
