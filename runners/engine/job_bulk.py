"""What a bulk operation on jobs comes to for one job: the same judgement before it is asked for and when it is done. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from runners.engine import explain
from runners.engine.bulk import Action
from runners.engine.errors import Invalid, Problem
from runners.engine.guards import Hold
from runners.engine.job import Job, JobSpec, spec_from_json
from runners.engine.job.spec import check_tag
from runners.engine.schedule import next_slot
from runners.engine.words import Language, say

TAGS_AT_MOST = 32
SENTENCE_KEPT = 160
"""Characters of a guard's sentence that are kept with the outcome."""


class Does(StrEnum):
    """What the operation does to a job: something, nothing because it is so already, or nothing because it may not."""

    CHANGE = "change"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done to every job; `tag` is given or taken, and with `cancels` active runs end with a deleted job."""

    action: Action
    tag: str = ""
    cancels: bool = False

    @property
    def opposite(self) -> Wish:
        """What takes it back; of an action that has an opposite."""
        return Wish(self.action.opposite or self.action, self.tag)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a job beside its record: its active runs, and the guard that would hold a run now."""

    now: datetime
    active: int = 0
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one job that was chosen at `version`, and a reason of the catalogue (`words`) with its values."""

    job_id: str
    version: str
    does: Does
    reason: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def said(self, language: Language) -> str:
        """Return the reason as a sentence about the job, without its name."""
        return _sentence(self.reason, language, self.values)

    @property
    def detail(self) -> str:
        """Return the reason as it is kept with the outcome; `told` reads it."""
        return f"{self.reason} {json.dumps(dict(self.values), ensure_ascii=False)}"


def told(detail: str, language: Language) -> str:
    """Return a kept reason as a sentence; what is none (a run id, an error) as it is."""
    reason, _, values = detail.partition(" ")
    try:
        return _sentence(reason, language, json.loads(values)) if values else detail
    except (ValueError, TypeError, KeyError):
        return detail


def _sentence(reason: str, language: Language, values: Mapping[str, str | int]) -> str:
    guard = {"guard": say(f"guard.{values['guard']}", language)} if "guard" in values else {}
    return say(f"job_bulk.{reason}", language, **{**values, **guard})


def refuse_unfit(wish: Wish) -> None:
    """Raise Invalid for a tag that no job may have, one that is missing, or one that the action does not take."""
    if wish.action not in (Action.TAG, Action.UNTAG):
        if wish.tag:
            raise Invalid([Problem(("tag",), f"action '{wish.action}' takes no tag; leave it out", "unfit_tag")])
        return
    if not wish.tag:
        raise Invalid([Problem(("tag",), f"action '{wish.action}' needs a tag", "missing")])
    try:
        check_tag(wish.tag)
    except ValueError as error:
        raise Invalid([Problem(("tag",), str(error), "unfit_tag")]) from error


def judge(wish: Wish, job: Job, chosen: str, known: Situation) -> Fate:
    """Return what the wish comes to for `job`, which was chosen when it was at version `chosen`."""
    if str(job.version) != chosen:
        return Fate(job.job_id, chosen, Does.REFUSED, "changed", {"version": job.version, "chosen": chosen})
    does, reason, values = {
        Action.ENABLE: _switched,
        Action.DISABLE: _switched,
        Action.RUN: _asked,
        Action.TAG: _tagged,
        Action.UNTAG: _tagged,
        Action.DELETE: _deleted,
    }[wish.action](wish, job, known)
    return Fate(job.job_id, chosen, does, reason, values)


def lost(job_id: str, chosen: str, *, there: bool) -> Fate:
    """Return the fate of a job that is gone by now, or is `there` and cannot be read."""
    return Fate(job_id, chosen, Does.REFUSED, "unreadable" if there else "gone")


def tagged(spec: JobSpec, wish: Wish) -> JobSpec:
    """Return the spec with the tag, or without it."""
    tags = [tag for tag in spec.tags if tag != wish.tag] + ([wish.tag] if wish.action is Action.TAG else [])
    return spec_from_json(spec.to_json() | {"tags": tags})


Judged = tuple[Does, str, Mapping[str, str | int]]


def _switched(wish: Wish, job: Job, known: Situation) -> Judged:
    enables = wish.action is Action.ENABLE
    if job.enabled == enables:
        return Does.UNCHANGED, "enabled" if enables else "disabled", {}
    if not enables:
        held = {"guard": job.held.hold.guard} if job.held else {}
        return Does.CHANGE, "disable_held" if held else "disable", held
    slot = next_slot(job.spec.schedule, known.now, job.anchor_at) if job.spec.schedule else None
    return Does.CHANGE, "enable" if slot else "enable_asked", {"slot": explain.moment(slot)} if slot else {}


def _asked(wish: Wish, job: Job, known: Situation) -> Judged:
    if known.hold:
        why = explain.sentence(known.hold, job_id=job.job_id, flow_group=job.controls.flow_group)
        return Does.REFUSED, "held", {"why": why[:SENTENCE_KEPT]}
    return Does.CHANGE, "run_asks" if job.spec.requires_approval else "run", {}


def _tagged(wish: Wish, job: Job, known: Situation) -> Judged:
    gives, there = wish.action is Action.TAG, wish.tag in job.spec.tags
    if gives == there:
        return Does.UNCHANGED, "tagged" if gives else "untagged", {"tag": wish.tag}
    if gives and len(job.spec.tags) >= TAGS_AT_MOST:
        return Does.REFUSED, "many_tags", {"count": TAGS_AT_MOST}
    return Does.CHANGE, "tag" if gives else "untag", {"tag": wish.tag}


def _deleted(wish: Wish, job: Job, known: Situation) -> Judged:
    if known.active and not wish.cancels:
        return Does.REFUSED, "active", {"count": known.active}
    return Does.CHANGE, "delete_cancel" if known.active else "delete", {"count": known.active} if known.active else {}
