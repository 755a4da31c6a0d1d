"""A prompt becomes drafts of jobs by rules alone: no model, no store, no clock. What is unclear is asked, never guessed."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from runners.planner.clauses import Clause, clauses
from runners.planner.controls import Guarding, read_guarding
from runners.planner.cursor import Cursor
from runners.planner.lexicon import CHANNELS, METHODS, NEGATIONS, OTHER_WORK, TELLING, Intent
from runners.planner.notes import Note, Question, ask, note
from runners.planner.reading import Prompt
from runners.planner.timing import Timing, read_timing
from runners.planner.when import Schedule, When, understood

COUNTED = frozenset({"number", "clock", "date"})
SERVED = frozenset({"telegram"})
"""The channels that have a connector."""
EXAMPLES = (
    "pantau telegram tiap 30 detik",
    "laporan harian jam 07:30",
    "backup tiap hari jam 01:30",
    "GET https://… tiap 5 menit",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a prompt is understood with: its zone, now, and the channel and account meant where none is named."""

    zone: str
    now: datetime
    channel: str = "telegram"
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One job as it was understood. `named` says that its id is the person's own; `text` is its clause."""

    job_id: str
    named: bool
    type: str
    schedule: Schedule | None
    inputs: dict[str, Any]
    fields: dict[str, Any]
    text: str
    assumptions: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()

    def spec(self) -> dict[str, Any]:
        """Return the draft as a job's spec is written."""
        said = {"job_id": self.job_id, "type": self.type, "schedule": self.schedule, "inputs": self.inputs}
        return said | self.fields | {"description": self.text, "tags": ["planner"]}


@dataclass(frozen=True, slots=True)
class Understood:
    """What a prompt asks for. With questions it is not whole: nothing of it should be done before they are answered.

    `out_of_reach` says what this platform cannot do, clause by clause.
    """

    drafts: tuple[Draft, ...] = ()
    questions: tuple[Question, ...] = ()
    out_of_reach: tuple[Note, ...] = ()


@dataclass
class _Reading:
    clause: Clause
    cursor: Cursor
    guarding: Guarding
    timing: Timing
    assumptions: list[Note] = field(default_factory=list)


def understand(text: str, asked: Asked) -> Understood:
    """Return what a normalized prompt asks for."""
    readings = [_read(clause) for clause in clauses(Prompt(text))]
    _share_times(readings)
    found = Understood()
    for reading in readings:
        part = _understood(reading, asked)
        found = Understood(
            found.drafts + part.drafts, found.questions + part.questions, found.out_of_reach + part.out_of_reach
        )
    return replace(found, drafts=_apart(found.drafts))


def _read(clause: Clause) -> _Reading:
    cursor = Cursor(clause.tokens)
    return _Reading(clause, cursor, read_guarding(cursor), read_timing(cursor))


def _share_times(readings: list[_Reading]) -> None:
    """'laporan dan backup jam 01:30': what has no time of its own goes when its neighbour goes, and says so."""
    for here, there in [
        *zip(readings[-2::-1], readings[:0:-1], strict=True),
        *zip(readings[1:], readings, strict=False),
    ]:
        if not here.timing.said and there.timing.said:
            here.timing = there.timing
            here.assumptions.append(note("shared_time", clause=there.clause.text))


def _understood(reading: _Reading, asked: Asked) -> Understood:
    intents, text = reading.clause.intents, reading.clause.text
    if reading.cursor.words & OTHER_WORK - (METHODS if intents == (Intent.REQUEST,) else set()):
        return Understood(out_of_reach=(note("only_makes", clause=text),))
    if not intents:
        return Understood(questions=(ask("what", *EXAMPLES, clause=text),))
    if len(intents) > 1:
        return Understood(questions=(ask("which", *(str(intent) for intent in intents), clause=text),))
    if any(reading.cursor.low(place) in NEGATIONS for place in range(len(reading.cursor))):
        return Understood(questions=(ask("negated", clause=text),))
    if unread := _unread(reading.cursor):
        return Understood(questions=(ask("unread", clause=text, said=unread),))
    if reading.guarding.questions:
        return Understood(questions=tuple(reading.guarding.questions))
    if intents[0] is Intent.AGENT:
        return Understood(out_of_reach=(note("no_agent", clause=text),))
    what = WHAT[intents[0]](reading, asked)
    if isinstance(what, Question):
        return Understood(questions=(what,))
    if isinstance(what, Note):
        return Understood(out_of_reach=(what,))
    when = understood(reading.timing, asked.zone, asked.now)
    questions = when.questions or (() if when.schedules else (_how_often(intents[0], text),))
    if questions:
        return Understood(questions=questions)
    return Understood(drafts=_drafts(reading, what, when))


def _unread(cursor: Cursor) -> str | None:
    """Return what says how much, when or how and was not understood: no plan is made around it."""
    left = (token for place, token in enumerate(cursor.tokens) if place not in cursor.taken)
    return next((token.text for token in left if token.kind in COUNTED or token.low in TELLING), None)


def _how_often(intent: Intent, text: str) -> Question:
    choices = (
        ("tiap 30 detik", "tiap 5 menit", "tiap jam")
        if intent in (Intent.MONITOR, Intent.REQUEST)
        else ("tiap hari jam 07:00", "tiap senin jam 07:00")
    )
    return ask("when", *choices, "sekarang", clause=text)


@dataclass(frozen=True, slots=True)
class _What:
    type: str
    slug: str
    inputs: dict[str, Any]
    warnings: tuple[Note, ...] = ()
    assumptions: tuple[Note, ...] = ()


def _drafts(reading: _Reading, what: _What, when: When) -> tuple[Draft, ...]:
    guarding = reading.guarding
    shared = (*what.assumptions, *when.assumptions, *reading.assumptions)
    return tuple(
        Draft(
            guarding.name or what.slug,
            guarding.name is not None,
            what.type,
            schedule,
            what.inputs | guarding.inputs,
            guarding.fields,
            reading.clause.text,
            shared,
            what.warnings,
        )
        for schedule in when.schedules
    )


def _apart(drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """Give drafts of one id numbers: two jobs of one prompt are two."""
    used: dict[str, int] = {}
    found = []
    for draft in drafts:
        used[draft.job_id] = used.get(draft.job_id, 0) + 1
        number = used[draft.job_id]
        found.append(draft if number == 1 else replace(draft, job_id=f"{draft.job_id}-{number}"))
    return tuple(found)


def _monitor(reading: _Reading, asked: Asked) -> _What | Note:
    named = _channel(reading)
    channel = named or asked.channel
    if channel not in SERVED:
        return note("no_channel", channel=channel)
    account = reading.guarding.account or asked.account_id or "default"
    assumed = () if named else (note("channel", channel=channel),)
    return _What(
        "monitor.channel", slug("monitor", channel, account), {"channel": channel, "account_id": account}, (), assumed
    )


def _report(reading: _Reading, asked: Asked) -> _What:
    channel = _channel(reading)
    warned = (note("not_sent", channel=channel),) if channel else ()
    return _What("report.daily", "report-daily", {}, warned)


def _backup(reading: _Reading, asked: Asked) -> _What:
    channel = _channel(reading)
    warned = (note("not_sent", channel=channel),) if channel else ()
    return _What(
        "backup.export",
        "backup-export",
        {} if reading.guarding.keep is None else {"keep": reading.guarding.keep},
        warned,
    )


def _request(reading: _Reading, asked: Asked) -> _What | Question:
    urls = [token.text for token in reading.clause.tokens if token.kind == "url"]
    if len(urls) != 1:
        return ask("which_address", *urls, clause=reading.clause.text)
    method = next(
        (token.low for token in reading.clause.tokens if token.low in METHODS and token.kind == "word"), "get"
    )
    inputs = {"url": urls[0]} | ({} if method == "get" else {"method": method.upper()})
    return _What("http.request", slug("call", urlsplit(urls[0]).hostname or "", urlsplit(urls[0]).path), inputs)


def _command(reading: _Reading, asked: Asked) -> _What | Question:
    quotes = [token.text for token in reading.clause.tokens if token.kind == "quote"]
    try:
        argv = shlex.split(quotes[0]) if len(quotes) == 1 else []
    except ValueError:
        argv = []
    if not argv:
        return ask("which_command", clause=reading.clause.text)
    return _What("command.run", slug("run", argv[0].rpartition("/")[2]), {"argv": argv}, (note("command"),))


WHAT = {
    Intent.MONITOR: _monitor,
    Intent.REPORT: _report,
    Intent.BACKUP: _backup,
    Intent.REQUEST: _request,
    Intent.COMMAND: _command,
}


def _channel(reading: _Reading) -> str | None:
    return next(
        (CHANNELS[token.low] for token in reading.clause.tokens if token.kind == "word" and token.low in CHANNELS), None
    )


def slug(*parts: str) -> str:
    """Return an id of what a job does: letters of a-z, digits, - _ and ., at most 100 characters."""
    text = re.sub(r"[^A-Za-z0-9._]+", "-", "-".join(part for part in parts if part))
    return re.sub(r"-{2,}", "-", text).strip("-.")[:100].rstrip("-.") or "job"
