"""What if a job's guards were others: its recorded slots decided again, changing nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from runners.engine.errors import Invalid, Problem
from runners.engine.fields import nearest, show
from runners.engine.job import Job, validate
from runners.engine.job.controls import CONTROL_NAMES
from runners.engine.operations.existing import existing_job
from runners.engine.operations.handlers import usable_catalog
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store.claims import Claims, read_claims
from runners.engine.store.ledger import Ledger, read_whole
from runners.engine.what_if import Again, Past, expand, replay_all, typical
from runners.engine.words import Language, say

Changes = Mapping[str, Any]
"""Control fields and their values, as a job's inputs have them."""
LED_UP = timedelta(hours=1)
"""Runs that began so long before the first slot are read, too: they may have been active then."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Every recorded slot and request from `since` on, decided again under `changes`, oldest first.

    `agreeing` of them come out as they were recorded when nothing is changed: how far this replay can be trusted. Runs of
    which no record tells are taken to last `length`.
    """

    job: Job
    changes: Changes
    since: datetime
    until: datetime
    rows: tuple[Again, ...]
    agreeing: int
    length: timedelta
    grouped: bool

    @property
    def changed(self) -> tuple[Again, ...]:
        """Those that come out otherwise, newest first."""
        return tuple(row for row in reversed(self.rows) if not row.same)

    @property
    def recorded(self) -> dict[str, int]:
        """How many there were of each outcome."""
        return _counted(row.recorded.decision.outcome for row in self.rows)

    @property
    def replayed(self) -> dict[str, int]:
        """How many there would have been."""
        return _counted(row.outcome for row in self.rows)

    def said(self, language: Language) -> list[str]:
        """Return in sentences what this replay takes for granted, and what it cannot know."""
        told = [
            say("what_if.agrees", language, same=self.agreeing, slots=len(self.rows)),
            say("what_if.outside", language),
            say("what_if.durations", language, seconds=f"{self.length.total_seconds():g}"),
        ]
        return [*told, say("what_if.others", language)] if self.grouped else told


@operation(Role.VIEWER)
def what_if(platform: Platform, actor: Actor, job_id: str, changes: Changes, length: timedelta) -> WhatIf:
    """Decide the slots of the last `length` again, as if the job's control fields were `changes`; at most six round trips.

    Raises NotFound, and Invalid for fields that are no control fields or do not fit the job.
    """
    job = existing_job(platform.store, job_id)
    other = _changed(platform, job, changes)
    now, ledger = platform.store.now(), read_whole(platform.store, job_id)
    groups = dict.fromkeys((other.controls.flow_group, job.controls.flow_group))
    claims = {group: read_claims(platform.store, job_id, group, now - length - LED_UP) for group in groups}
    own = claims[job.controls.flow_group].own
    slots = expand(ledger.decisions, job, _since(now - length, ledger, claims.values()))
    lasts = typical(own, timedelta(milliseconds=job.spec.timeout_ms))

    def played(one: Job) -> list[Again]:
        return replay_all(slots, one, _past(one, claims[one.controls.flow_group], lasts, now))

    again = played(other)
    before = again if other.controls == job.controls else played(job)
    since = slots[0].at if slots else now - length
    agreeing, grouped = sum(row.same for row in before), other.controls.flow_group is not None
    return WhatIf(job, dict(changes), since, now, tuple(again), agreeing, lasts, grouped)


def _changed(platform: Platform, job: Job, changes: Changes) -> Job:
    """Return the job with these control fields, checked as a save checks them."""
    strange = [name for name in changes if name not in CONTROL_NAMES]
    if strange:
        raise Invalid(
            Problem(("inputs", name), f"{show(name)} is no guard's field{nearest(name, CONTROL_NAMES)}", "not_a_guard")
            for name in strange
        )
    raw = job.spec.to_json()
    raw["inputs"] = {**raw["inputs"], **changes}
    return replace(job, spec=validate(raw, usable_catalog(platform, [raw])))


def _since(wanted: datetime, ledger: Ledger, read: Iterable[Claims]) -> datetime:
    """Return from when on both the ledger and the runs' records are whole."""
    limits = [wanted, ledger.complete_since if ledger.dropped else None, *(claims.complete_since for claims in read)]
    return max(limit for limit in limits if limit is not None)


def _past(job: Job, claims: Claims, length: timedelta, now: datetime) -> Past:
    stated = [limit for limit in (claims.other_limit, job.controls.flow_max_active_runs) if limit]
    own = {claim.run_id: claim for claim in claims.own}
    return Past(own, claims.others, min(stated, default=0), length, now)


def _counted(outcomes: Any) -> dict[str, int]:
    found = Counter(map(str, outcomes))
    return {name: found[name] for name in ("dispatched", "skipped", "missed", "held")}
