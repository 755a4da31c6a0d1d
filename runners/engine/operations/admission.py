"""Admission: every run that somebody asks for passes the same guards, whichever operation asks."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from runners.engine import guards
from runners.engine.errors import Conflict, NotFound
from runners.engine.explain import sentence
from runners.engine.guards import ONLY_SCHEDULED, PASSED_BY_IGNORE, Hold
from runners.engine.job import Job
from runners.engine.operations.existing import existing_run
from runners.engine.operations.roles import Actor
from runners.engine.platform import Platform
from runners.engine.protocol.creation import Creation
from runners.engine.protocol.dispatch import admit
from runners.engine.run import Run, run_id
from runners.engine.store import guard_facts

TRIES = 5
"""How often admission begins anew when a guard refused there that held nothing a moment before."""


def asked_for(
    platform: Platform,
    actor: Actor,
    job: Job,
    inputs: Mapping[str, Any],
    source: str,
    ignore_guards: bool,
    idempotency_key: str | None = None,
) -> Creation:
    """Return the run that `actor` asks for; an `idempotency_key` takes the place of chance in its id."""
    identity = idempotency_key or secrets.token_hex(16)
    name = run_id(job.job_id, job.incarnation, platform.store.now(), identity)
    return Creation(name, job, source, None, actor.name, actor.request_id or name, inputs, ignore_guards)


def admitted(
    platform: Platform, actor: Actor, creation: Creation, version: int, idempotency_key: str | None = None
) -> Run:
    """Create the run and return it queued, or the run that the same `idempotency_key` made within the last day.

    The guards are asked for their reasons first; the step that creates asks them again. `version` is the job's as it
    was read. Raises Conflict, which carries the hold, or says that the job was changed, and NotFound when it is gone.
    """
    job, once = creation.job, _once(creation.job, idempotency_key)
    if once and (made := platform.store.redis.get(platform.store.keys.once(once))):
        return existing_run(platform.store, str(made))
    for _ in range(TRIES):
        if hold := _hold(platform, job, creation.ignore_guards):
            raise _held(job, hold, actor)
        answer = admit(platform.store, platform.settings, creation, version, once)
        match answer.word:
            case "ok" | "exists":
                return existing_run(platform.store, answer.run_id)
            case "gone":
                raise NotFound(f"job '{job.job_id}' does not exist")
            case "stale":
                raise Conflict(f"job '{job.job_id}' was changed at this moment; ask again")
    raise _held(job, Hold(answer.word, observed=1, limit=0), actor)


def _once(job: Job, idempotency_key: str | None) -> str:
    if idempotency_key is None:
        return ""
    return hashlib.sha256(f"{job.job_id}\0{idempotency_key}".encode()).hexdigest()


def _hold(platform: Platform, job: Job, ignore_guards: bool) -> Hold | None:
    facts = guard_facts.read_one(platform.store, platform.settings, job)
    passed = ONLY_SCHEDULED | PASSED_BY_IGNORE if ignore_guards else ONLY_SCHEDULED
    return guards.first_hold(job, facts, passed)


def _held(job: Job, hold: Hold, actor: Actor) -> Conflict:
    why = sentence(hold, job_id=job.job_id, flow_group=job.controls.flow_group, language=actor.language)
    return Conflict(f"job '{job.job_id}' is held: {why}", hold)
