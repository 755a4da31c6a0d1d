"""From a prompt to a plan: specs checked as any other, what they would change, when they would run, and what holds them now.

A plan does nothing. What cannot be understood is asked, what cannot be done is said, and no job is overwritten that the
person did not name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from runners.engine import guards
from runners.engine.catalog import Catalog
from runners.engine.errors import Invalid, Problem, Unreadable
from runners.engine.events import EventType
from runners.engine.forecast import FireTime, forecast
from runners.engine.guards import Hold
from runners.engine.job import Job, JobSpec, validate
from runners.engine.job.difference import Difference, differences
from runners.engine.operations.handlers import usable_catalog
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import events
from runners.engine.store import guard_facts
from runners.engine.store.jobs import load_jobs
from runners.engine.words import Language
from runners.planner.ai import ModelWish, understood_by_model
from runners.planner.clause_reading import Asked
from runners.planner.grammar import Draft, Understood, understand
from runners.planner.notes import Note, Question, note
from runners.planner.obstacles import obstacles
from runners.planner.reading import normalized
from runners.planner.risk import Risk, risk_of

SLOTS_SHOWN = 10
NAMES_TRIED = 20
Action = Literal["create", "update", "unchanged"]
Source = Literal["rule_based", "ai"]


@dataclass(frozen=True, slots=True)
class Wish:
    """A prompt, and what is meant where it does not say: the zone of its times, the channel and its account.

    With `model` a language model is asked first. `asked_at` is the moment from which 'tomorrow' is counted, None for now:
    who executes later what was shown counts from when it was shown.
    """

    prompt: str
    zone: str = "Asia/Jakarta"
    channel: str = "telegram"
    account_id: str | None = None
    model: ModelWish | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """One job of a plan: what saving its `spec` does, value by value, when it is due, and what would hold it now.

    `reason` is the part of the prompt that asks for it.
    """

    reason: str
    spec: JobSpec
    action: Action
    diff: tuple[Difference, ...]
    times: tuple[FireTime, ...]
    holds: tuple[Hold, ...]
    risk: Risk
    assumptions: tuple[Note, ...]
    warnings: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a prompt comes to. With `questions` it is not whole, and is not executed before they are answered.

    `refusals` say what cannot be done here, `warnings` why no model planned though one was asked for.
    """

    prompt: str
    normalized: str
    jobs: tuple[Planned, ...]
    questions: tuple[Question, ...]
    refusals: tuple[Note, ...]
    source: Source = "rule_based"
    warnings: tuple[Note, ...] = ()

    def summary(self, language: Language) -> str:
        """Return in one sentence what it would do."""
        if not self.jobs:
            return note("summary_none").said(language)
        what = ", ".join(note(f"summary_{job.action}", job=job.spec.job_id).said(language) for job in self.jobs)
        if len(self.jobs) == 1:
            return note("summary_one", what=what).said(language)
        return note("summary", count=len(self.jobs), what=what).said(language)

    @property
    def whole(self) -> bool:
        """Say whether it may be executed: it makes something, and leaves nothing open."""
        return bool(self.jobs) and not self.questions and not self.refusals

    @property
    def stands(self) -> bool:
        """Say whether all of it is so already."""
        return all(job.action == "unchanged" for job in self.jobs)

    @property
    def digest(self) -> str:
        """What tells this plan from any other: all that it would save, and over what."""
        told = [[job.action, job.spec.to_json(), [repr(one) for one in job.diff]] for job in self.jobs]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


@operation(Role.OPERATOR)
def plan(platform: Platform, actor: Actor, wish: Wish) -> Plan:
    """Return what the prompt asks for as a plan, changing nothing.

    Raises Invalid for a prompt of blanks, NotFound for an account that is not there.
    """
    found = planned(platform, wish, actor.language)
    kind = EventType.PLANNER_AI_PLAN_GENERATED if found.source == "ai" else EventType.PLANNER_PLAN_GENERATED
    about = {"jobs": len(found.jobs), "questions": len(found.questions), "planner_source": found.source}
    events.append(platform.store, kind, about | {"actor": actor.name})
    return found


def planned(platform: Platform, wish: Wish, language: Language) -> Plan:
    """Return the plan of a wish: by a model if one is wanted and answers usably, by the grammar else.

    Raises Invalid, said in `language`, when the prompt has nothing but blanks.
    """
    text, now = normalized(wish.prompt), platform.store.now()
    if not text:
        raise Invalid([Problem(("prompt",), note("blank").said(language), "blank")])
    asked = Asked(wish.zone, wish.asked_at or now, wish.channel, wish.account_id)
    understood: Understood | None = None
    warnings: tuple[Note, ...] = ()
    if wish.model:
        understood, warnings = understood_by_model(platform, text, asked, wish.model, platform.catalog)
    source: Source = "ai" if understood else "rule_based"
    understood = understood or understand(text, asked)
    return replace(_plan(platform, wish, understood, text, now), source=source, warnings=warnings)


def _plan(platform: Platform, wish: Wish, understood: Understood, text: str, now: datetime) -> Plan:
    known = load_jobs(platform.store, {name for draft in understood.drafts for name in _names(draft)})
    catalog = usable_catalog(platform, [draft.spec() for draft in understood.drafts])
    jobs: list[Planned] = []
    refusals = list(understood.out_of_reach)
    taken: set[str] = set()
    for draft in understood.drafts:
        try:
            jobs.append(_planned(platform, _settled(draft, known, catalog, taken), known, catalog, now))
            taken.add(jobs[-1].spec.job_id)
        except Invalid as error:
            refusals.append(note("risk_refused", fault="; ".join(problem.msg for problem in error.problems)))
    return Plan(wish.prompt, text, tuple(jobs), understood.questions, tuple(refusals))


def _names(draft: Draft) -> list[str]:
    """Return the ids that a draft may get: the person's own, or the first free one of what it does."""
    more = [] if draft.named else [f"{draft.job_id}-{number}" for number in range(2, NAMES_TRIED)]
    return [draft.job_id, *more]


def _settled(draft: Draft, known: Mapping[str, Job], catalog: Catalog, taken: Iterable[str]) -> Draft:
    """Return the draft under an id that overwrites nothing: that of the same job, else a free one."""
    if draft.named:
        said = (note("updates", job=draft.job_id),) if draft.job_id in known else ()
        return replace(draft, assumptions=(*draft.assumptions, *said))
    for name in _names(draft):
        other = replace(draft, job_id=name)
        if name in taken:
            continue
        if name not in known:
            said = (note("renamed", taken=draft.job_id, job=name),) if draft.job_id in known else ()
            return replace(other, assumptions=(*draft.assumptions, *said))
        if known[name].spec.to_json() == validate(other.spec(), catalog).to_json():
            return other
    return draft


def _planned(platform: Platform, draft: Draft, known: Mapping[str, Job], catalog: Catalog, now: datetime) -> Planned:
    spec, before = validate(draft.spec(), catalog), known.get(draft.job_id)
    old = before.spec.to_json() if before else {}
    diff = differences(old, spec.to_json())
    action: Action = "create" if before is None else "update" if diff else "unchanged"
    anchor = before.anchor_at if before and not diff else now
    times = forecast(spec.schedule, now, SLOTS_SHOWN, anchor) if spec.schedule else []
    return Planned(
        draft.text,
        spec,
        action,
        diff,
        tuple(times),
        _holds(platform, spec, before, now),
        risk_of(spec, before, obstacles(platform, spec)),
        draft.assumptions,
        draft.warnings,
    )


def _holds(platform: Platform, spec: JobSpec, before: Job | None, now: datetime) -> tuple[Hold, ...]:
    """Return every guard's hold on the job as it would be, now; what cannot be read is left to the run itself."""
    would_be = replace(before, spec=spec) if before else Job(spec, 0, 0, True, now, now, now)
    try:
        facts = guard_facts.read_one(platform.store, platform.settings, would_be)
    except Unreadable:
        return ()
    return tuple(verdict.hold for verdict in guards.verdicts(would_be, facts) if verdict.hold)


def specs(found: Plan) -> list[dict[str, Any]]:
    """Return the specs of a plan, as an import takes them."""
    return [job.spec.to_json() for job in found.jobs]
