"""A prompt becomes drafts of jobs by rules alone: no model, no store, no clock. What is unclear is asked, never guessed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from runners.planner.clause_reading import Asked, Reading, channels, left_out
from runners.planner.clauses import Clause, clauses
from runners.planner.controls import NO_NAME, read_guarding
from runners.planner.cursor import Cursor
from runners.planner.leftovers import FILLERS, left, misspelled
from runners.planner.lexicon import (
    ALL_OF_THEM,
    CHANNELS,
    CONDITIONS,
    EVERY,
    JOINS,
    LANES,
    METHODS,
    MONTHS,
    NAMES,
    NEGATIONS,
    ONCE,
    OTHER_WORK,
    QUESTIONS,
    STRONG_WORDS,
    TELLING,
    UPDATES,
    Intent,
    words,
)
from runners.planner.notes import Note, Question, ask, note
from runners.planner.occasions import read_timing
from runners.planner.politeness import take_kindness
from runners.planner.reading import Prompt
from runners.planner.schedules import Schedule, When
from runners.planner.sharing import share_days, share_guards, share_times
from runners.planner.when import understood
from runners.planner.work import SERVED, WHAT, What

BEFORE_MONTH = words("in bulan pada")
SHIFTING = words("setelah dari from by")
"""Words that make of a time one before or behind it."""
BESIDE = words("sebelum sesudah after before")
"""Words that place something beside what only people know of: 'before the meeting on tuesday'."""
COUNTED = frozenset({"number", "decimal", "clock", "date"})
EXAMPLES = (
    "pantau telegram tiap 30 detik",
    "laporan harian jam 07:30",
    "backup tiap hari jam 01:30",
    "GET https://… tiap 5 menit",
    "agen: ringkas issue github tiap hari jam 08:00",
)


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


def understand(text: str, asked: Asked) -> Understood:
    """Return what a normalized prompt asks for."""
    readings = [_read(clause) for clause in clauses(Prompt(text))]
    share_days(readings)
    share_times(readings)
    share_guards(readings)
    found = Understood()
    for reading in readings:
        part = _understood(reading, asked)
        found = Understood(
            found.drafts + part.drafts, found.questions + part.questions, found.out_of_reach + part.out_of_reach
        )
    return replace(found, drafts=_apart(found.drafts))


def _read(clause: Clause) -> Reading:
    cursor = Cursor(clause.tokens)
    if clause.intents != (Intent.AGENT,):
        take_kindness(cursor)
    guarding = read_guarding(cursor)
    guarded = frozenset(cursor.taken)
    timing = read_timing(cursor)
    return Reading(clause, cursor, guarding, timing, frozenset(cursor.taken - guarded))


def _understood(reading: Reading, asked: Asked) -> Understood:
    """Return what one clause asks for; its questions say which words they are about."""
    found = _meant(reading, asked)
    return replace(found, questions=tuple(replace(one, clause=reading.clause.text) for one in found.questions))


def _meant(reading: Reading, asked: Asked) -> Understood:
    intents = reading.clause.intents
    if refusal := _out_of_reach(reading):
        return Understood(out_of_reach=(refusal,))
    if questions := _open(reading):
        return Understood(questions=questions)
    what = WHAT[intents[0]](reading, asked)
    if isinstance(what, Question):
        return Understood(questions=(what,))
    if isinstance(what, Note):
        return Understood(out_of_reach=(what,))
    when = understood(reading.timing, asked.zone, asked.now)
    questions = when.questions or (() if when.schedules else (_how_often(intents[0], reading.clause.text),))
    questions = questions or _doubled_doubt(what, when)
    return Understood(questions=questions) if questions else Understood(drafts=_drafts(reading, what, when))


def _out_of_reach(reading: Reading) -> Note | None:
    """Return why no plan is made of a clause as a whole, whatever it names; an agent may ask and decide by itself."""
    text, is_agent = reading.clause.text, reading.clause.intents == (Intent.AGENT,)
    if _changes(reading):
        return note("only_makes", clause=text)
    if not is_agent and reading.cursor.low(0) in QUESTIONS:
        return note("question", clause=text)
    if not is_agent and any(reading.cursor.low(place) in CONDITIONS for place in range(len(reading.cursor))):
        return note("condition", clause=text)
    return None


def _open(reading: Reading) -> tuple[Question, ...]:
    """Return what has to be asked before it is looked at what a clause wants done, and when."""
    intents, text = reading.clause.intents, reading.clause.text
    if len(intents) > 1:
        return (ask("which", *(str(intent) for intent in intents), clause=text),)
    if question := _unclear(reading):
        return (question,)
    return tuple(reading.guarding.questions)


def _doubled_doubt(what: What, when: When) -> tuple[Question, ...]:
    """Ask where every day is assumed beside words that nothing was made of: they may have named the day."""
    left = next((warning for warning in what.warnings if warning.name == "left_out"), None)
    if left and any(one.name == "every_day" for one in when.assumptions):
        return (ask("every_day", "tiap hari", **left.values),)
    return ()


def _changes(reading: Reading) -> bool:
    """Say whether a clause is about jobs that exist. An agent may delete what it likes: of its clause the first word counts."""
    if reading.clause.intents == (Intent.AGENT,):
        first = next((token.low for token in reading.clause.tokens if token.low not in FILLERS | JOINS), "")
        return first in OTHER_WORK
    return bool(
        reading.cursor.words
        & (OTHER_WORK | UPDATES) - (METHODS if reading.clause.intents == (Intent.REQUEST,) else set())
    )


def _unclear(reading: Reading) -> Question | None:
    """Return what has to be asked of the words themselves, before anything is made of them."""
    cursor, text = reading.cursor, reading.clause.text
    intent = next(iter(reading.clause.intents), None)
    if any(cursor.low(place) in NEGATIONS for place in range(len(cursor))) and intent is not Intent.AGENT:
        return ask("negated", clause=text)
    meant = set(TELLING) if intent else set(STRONG_WORDS)
    meant |= CHANNELS.keys() if intent in (None, Intent.MONITOR) and not channels(reading) else set()
    if intent is not Intent.AGENT and (near := misspelled(cursor, meant)):
        return ask("misspelled", near[1], clause=text, said=near[0], meant=near[1])
    if intent is None:
        return replace(ask("what", *EXAMPLES, clause=text), instead=True)
    if unread := _unread(reading, intent) or (
        intent is Intent.MONITOR and SERVED.intersection(channels(reading)) and left_out(reading)
    ):
        return ask("unread", clause=text, said=unread)
    return None


def _unread(reading: Reading, intent: Intent) -> str | None:
    """Return what says how much, when or how and was not understood: no plan is made around it.

    So does any word that stands right behind a time. In an agent's prompt numbers may stand where they like.
    """
    cursor = reading.cursor
    counted = frozenset[str]() if intent is Intent.AGENT else COUNTED
    strange = set(left(cursor))
    for place, token in enumerate(cursor.tokens):
        if place in cursor.taken:
            continue
        behind_time = place - 1 in reading.timed and (place in strange or token.kind in COUNTED)
        if token.low in EVERY and place + 1 in strange:
            return f"{token.text} {cursor.tokens[place + 1].text}"
        if token.kind in counted or _says_when(reading, place) or (behind_time and intent is not Intent.AGENT):
            return token.text
    return None


def _says_when(reading: Reading, place: int) -> bool:
    """Say whether a word tells when by itself, or by where it stands: 'in may', 'after 9am'."""
    tokens = reading.clause.tokens
    word, before = tokens[place].low, tokens[place - 1].low if place else ""
    if word in SHIFTING:
        return place + 1 in reading.timed
    behind = tokens[place + 1].low if place + 1 < len(tokens) else ""
    if word in ONCE and reading.timing.dated:
        return False  # 'sekali saja besok jam 7'
    if (word in ALL_OF_THEM | LANES and behind in CHANNELS) or (word in NAMES and behind in NO_NAME):
        return False  # 'both telegram and slack', 'ke grup telegram', 'called with POST'
    return word in TELLING | BESIDE or (word in MONTHS and before in BEFORE_MONTH)


def _how_often(intent: Intent, text: str) -> Question:
    choices = (
        ("tiap 30 detik", "tiap 5 menit", "tiap jam")
        if intent in (Intent.MONITOR, Intent.REQUEST)
        else ("tiap hari jam 07:00", "tiap senin jam 07:00")
    )
    return ask("when", *choices, "sekarang", clause=text)


def _drafts(reading: Reading, what: What, when: When) -> tuple[Draft, ...]:
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
