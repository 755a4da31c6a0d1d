"""Admission: every run that somebody asks for passes the same guards, whichever operation asks."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from redis.exceptions import ResponseError

from runners.engine import guards
from runners.engine.errors import Conflict, NotFound
from runners.engine.explain import sentence
from runners.engine.guards import Hold
from runners.engine.job import Job
from runners.engine.operations.existing import existing_run
from runners.engine.operations.roles import Actor
from runners.engine.platform import Platform
from runners.engine.protocol.creation import Creation
from runners.engine.protocol.dispatch import admit, refuse
from runners.engine.run import Run, run_id
from runners.engine.seen import passed_over, seen
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
    """Return the run that `actor` asks for; an `idempotency_key` of theirs takes the place of chance in its id."""
    identity = f"{actor.name}\0{idempotency_key}" if idempotency_key else secrets.token_hex(16)
    name = run_id(job.job_id, job.incarnation, platform.store.now(), identity)
    return Creation(name, job, source, None, actor.name, actor.request_id or name, inputs, ignore_guards)


def admitted(
    platform: Platform, actor: Actor, creation: Creation, version: int, idempotency_key: str | None = None
) -> Run:
    """Create the run and return it queued, or the run that the actor's same `idempotency_key` made within the last day.

    The guards are asked for their reasons first; the step that creates asks them again. `version` is the job's as it
    was read. Raises Conflict, which carries the hold, or says that the job was changed, and NotFound when it is gone.
    """
    job, once = creation.job, _once(actor, creation.job, idempotency_key)
    if once and (made := platform.store.redis.get(platform.store.keys.once(once))):
        return existing_run(platform.store, str(made))
    for _ in range(TRIES):
        facts = guard_facts.read_one(platform.store, platform.settings, job)
        saw = seen(job, facts, ignored=creation.ignore_guards)
        if hold := guards.first_hold(job, facts, passed_over(asked=True, ignored=creation.ignore_guards)):
            _put_down(platform, creation, hold, saw)
            raise _held(job, hold, actor)
        answer = admit(platform.store, platform.settings, creation, version, actor.author(), once, saw)
        match answer.word:
            case "ok" | "exists":
                return existing_run(platform.store, answer.run_id)
            case "gone":
                raise NotFound(f"job '{job.job_id}' does not exist")
            case "stale":
                raise Conflict(f"job '{job.job_id}' was changed at this moment; ask again")
    raise _held(job, Hold(answer.word, observed=1, limit=0), actor)


def _once(actor: Actor, job: Job, idempotency_key: str | None) -> str:
    """Return what the key makes once: keys of two people are two, however alike, or one would get the other's run."""
    if idempotency_key is None:
        return ""
    return hashlib.sha256(f"{actor.name}\0{job.job_id}\0{idempotency_key}".encode()).hexdigest()


def _put_down(platform: Platform, creation: Creation, hold: Hold, saw: str) -> None:
    """Keep the refusal in the ledger; a store that has no room for it must not hide the reason."""
    with suppress(ResponseError):
        refuse(platform.store, creation.job.job_id, creation.source, hold, saw)


def _held(job: Job, hold: Hold, actor: Actor) -> Conflict:
    why = sentence(hold, job_id=job.job_id, flow_group=job.controls.flow_group, language=actor.language)
    return Conflict(f"job '{job.job_id}' is held: {why}", hold)
