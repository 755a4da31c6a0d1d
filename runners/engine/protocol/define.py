"""Typed calls of define and forgive: saving, switching and deleting jobs, each in one step."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine.audit import Author, Entry
from runners.engine.events import EventType
from runners.engine.job import Job, JobSpec
from runners.engine.protocol.audit import audited
from runners.engine.protocol.change import Change, kept_slots
from runners.engine.store.connection import Store
from runners.engine.store.jobs import Broken


@dataclass(frozen=True, slots=True)
class Defined:
    """The script's answer: ok, stale (the job has another version by now) or busy (runs are active).

    Numbers are 0 where the job has none, or none that can be read.
    """

    word: str
    version: int
    incarnation: int


def save(
    store: Store,
    spec: JobSpec,
    enabled: bool,
    before: Job | Broken | None,
    author: Author,
    now: datetime,
    said: EventType | None = None,
) -> Defined:
    """Create the job, or replace `before`, if nobody changed it since it was read.

    A changed schedule is anchored at `now` and starts a new incarnation; an unchanged one goes on where it stands.
    Where only the enabled flag changes, no version is written. `said` is a further event about it.
    """
    change = Change.of(spec, enabled, before, said)
    return _defined(audited(store, change.entry(author), "define", *change.arguments(author, now)))


def set_enabled(store: Store, job: Job, enabled: bool, author: Author, now: datetime) -> Defined:
    """Enable or disable the job; enabling starts at the next anchored slot."""
    return save(store, job.spec, enabled, job, author, now)


def roll_back(store: Store, spec: JobSpec, before: Job, author: Author, now: datetime) -> Defined:
    """Give the job a spec that it had before, as a new version; its enabled flag stays."""
    change = Change(spec, before.enabled, before, rolls_back=True)
    return _defined(audited(store, change.entry(author), "define", *change.arguments(author, now)))


def delete(store: Store, job: Job | Broken, author: Author, even_if_active: bool, now: datetime) -> Defined:
    """Delete the job; its runs and their history stay. Answers busy when runs are active and that is not allowed."""
    before = job.spec.to_json() | {"version": job.version} if isinstance(job, Job) else {"readable": False}
    entry = Entry(author, f"job:{job.job_id}", before)
    return _defined(audited(store, entry, "define", *deletion(job, author, even_if_active, now)))


def deletion(job: Job | Broken, author: Author, even_if_active: bool, now: datetime) -> list[str | int]:
    """Return the script's arguments of deleting `job`."""
    kept = kept_slots(job if isinstance(job, Job) else None, now)
    return [job.job_id, job.version, "delete", *kept, int(even_if_active), json.dumps({"actor": author.name})]


def forgive(store: Store, job_id: str, author: Author, before: Mapping[str, Any] | None = None) -> str:
    """Reset the failure memory, which was `before`. Returns ok or gone."""
    return str(audited(store, Entry(author, f"job:{job_id}", before, {"failures": 0}), "forgive", job_id))


def _defined(answer: Sequence[object]) -> Defined:
    word, version, incarnation = (str(part) for part in answer)
    return Defined(word, _number(version), _number(incarnation))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
