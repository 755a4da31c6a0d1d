"""Typed calls of define and forgive: saving, enabling, disabling and deleting jobs, each in one step."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from runners.engine import clock
from runners.engine.decision import Decision, encode, skipped
from runners.engine.events import EventType
from runners.engine.job import Job, JobSpec
from runners.engine.protocol.creation import slot_ms
from runners.engine.protocol.scripts import call
from runners.engine.schedule import jitter_offset, next_slot
from runners.engine.store.connection import Store
from runners.engine.store.jobs import summary

KEEP = "="


@dataclass(frozen=True, slots=True)
class Defined:
    """The script's answer: ok, stale (the job has another version by now) or busy (runs are active)."""

    word: str
    version: int
    incarnation: int


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a job and through which door; kept in the job's versions."""

    name: str
    surface: str
    note: str = ""


def save(store: Store, spec: JobSpec, enabled: bool, before: Job | None, author: Author, now: datetime) -> Defined:
    """Create the job, or replace `before`, if nobody changed it since it was read.

    A changed schedule is anchored at `now` and starts a new incarnation; an unchanged one goes on where it stands.
    """
    kind = EventType.JOB_UPDATED if before else EventType.JOB_CREATED
    renewed = before is None or spec.schedule != before.spec.schedule or spec.controls.jitter != before.controls.jitter
    version_row = json.dumps(
        {"source": author.surface, "actor": author.name, "note": author.note, "spec": spec.to_json()}
    )
    return _define(store, spec, enabled, before, now, renewed, version_row, [kind, json.dumps({"actor": author.name})])


def set_enabled(store: Store, job: Job, enabled: bool, author: Author, now: datetime) -> Defined:
    """Enable or disable the job; enabling starts at the next anchored slot."""
    kind = EventType.JOB_ENABLED if enabled else EventType.JOB_DISABLED
    return _define(store, job.spec, enabled, job, now, False, "", [kind, json.dumps({"actor": author.name})])


def delete(store: Store, job: Job, author: Author, even_if_active: bool) -> Defined:
    """Delete the job; its runs and their history stay. Answers busy when runs are active and that is not allowed."""
    force = int(even_if_active)
    answer = call(store, "define", job.job_id, job.version, "delete", force, json.dumps({"actor": author.name}))
    return _defined(answer)


def forgive(store: Store, job_id: str) -> str:
    """Reset the failure memory. Returns ok or gone."""
    return str(call(store, "forgive", job_id))


def _define(
    store: Store,
    spec: JobSpec,
    enabled: bool,
    before: Job | None,
    now: datetime,
    renewed: bool,
    version: str,
    event: list[str],
) -> Defined:
    anchor = now if renewed or before is None else before.anchor_at
    restarts = renewed or before is None or enabled != before.enabled
    upcoming = next_slot(spec.schedule, now, anchor) if spec.schedule and enabled else None
    fields: dict[str, str | int] = {"spec": json.dumps(spec.to_json()), "anchor_at": clock.to_ms(anchor)}
    if before is None:
        fields |= {"created_at": clock.to_ms(now)}
    flat: list[str | int] = [part for pair in fields.items() for part in pair]
    rows = [encode(decision) for decision in _ended(before, now)] if restarts else []
    answer = call(
        store,
        "define",
        spec.job_id,
        before.version if before else "",
        "save",
        int(enabled),
        spec.controls.priority,
        spec.controls.flow_group or "",
        spec.controls.flow_max_active_runs,
        int(renewed),
        slot_ms(upcoming) if restarts else KEEP,
        slot_ms(_first_look(spec, upcoming)),
        summary(spec, enabled),
        len(flat),
        *flat,
        version,
        len(rows),
        *rows,
        len(event),
        *event,
    )
    return _defined(answer)


def _first_look(spec: JobSpec, upcoming: datetime | None) -> datetime | None:
    return upcoming and upcoming + jitter_offset(spec.job_id, spec.controls.jitter)


def _ended(before: Job | None, now: datetime) -> Sequence[Decision]:
    """A slot that is held when its schedule ends, ends with it."""
    return [skipped(before.held.slot_at, now, before.held.hold)] if before and before.held else []


def _defined(answer: Sequence[object]) -> Defined:
    word, version, incarnation = (str(part) for part in answer)
    return Defined(word, int(version or 0), int(incarnation or 0))
