"""Runs: ask for one, list and read them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from runners.engine import guards
from runners.engine.errors import Conflict, Invalid, NotFound, Problem
from runners.engine.explain import sentence
from runners.engine.guards import ONLY_SCHEDULED, PASSED_BY_IGNORE, Hold
from runners.engine.job import Job, validate_inputs
from runners.engine.job.controls import CONTROL_NAMES
from runners.engine.operations.existing import existing_job, existing_run
from runners.engine.operations.handlers import usable_catalog
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol.creation import Creation
from runners.engine.protocol.dispatch import admit
from runners.engine.run import Run, run_id
from runners.engine.store import events, guard_facts, runs
from runners.engine.store.events import Event
from runners.engine.store.page import Page
from runners.engine.store.run_index import RunFilter

TRIES = 5
"""How often admission begins anew when a guard refused there that held nothing a moment before."""


@operation(Role.OPERATOR)
def run_job(
    platform: Platform,
    actor: Actor,
    job_id: str,
    inputs: Mapping[str, Any] | None = None,
    ignore_guards: bool = False,
    source: str = "manual",
    idempotency_key: str | None = None,
) -> Run:
    """Create a run of the job now, with `inputs` merged over the job's own, and return it queued.

    It passes through the same guards as a scheduled run; `ignore_guards` passes over cooldown and pressure only.
    Raises NotFound, Invalid (inputs that the handler refuses, or control fields among them) and Conflict, which
    carries the hold. An `idempotency_key` takes the place of chance in the run's id.
    """
    job = existing_job(platform.store, job_id)
    merged = _merged(platform, job, inputs or {})
    for _ in range(TRIES):
        if hold := _hold(platform, job, ignore_guards):
            raise _held(job, hold)
        creation = _creation(platform, actor, job, merged, ignore_guards, source, idempotency_key)
        word = admit(platform.store, platform.settings, creation)
        if word in ("ok", "exists"):
            return existing_run(platform.store, creation.run_id)
        if word == "gone":
            raise NotFound(f"job '{job_id}' does not exist")
    raise _held(job, Hold(word, observed=1, limit=0))


@operation(Role.VIEWER)
def list_runs(
    platform: Platform,
    actor: Actor,
    wanted: RunFilter,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
    *,
    full: bool = False,
) -> Page[Run]:
    """Return a page of the runs that pass the filter, newest first; without `full` they lack their inputs."""
    return runs.list_runs(platform.store, wanted, limit, offset, cursor, full=full)


@operation(Role.VIEWER)
def get_run(platform: Platform, actor: Actor, run_id: str) -> Run:
    """Return the run. Raises NotFound."""
    return existing_run(platform.store, run_id)


@operation(Role.VIEWER)
def run_events(platform: Platform, actor: Actor, run_id: str) -> list[Event]:
    """Return the events about the run, in order. Raises NotFound."""
    return events.events_of_run(platform.store, existing_run(platform.store, run_id))


def _merged(platform: Platform, job: Job, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the run's inputs; those of the job alone were checked when it was saved."""
    controls = [name for name in inputs if name in CONTROL_NAMES]
    if controls:
        raise Invalid(_control(name) for name in controls)
    merged = {**job.spec.inputs, **inputs}
    if inputs:
        validate_inputs(job.spec, merged, usable_catalog(platform, [{"type": job.spec.type}]))
    return merged


def _control(name: str) -> Problem:
    fault = f"inputs.{name} is a guard control; it belongs to the job, so change the job instead"
    return Problem(("inputs", name), fault, "control_field")


def _hold(platform: Platform, job: Job, ignore_guards: bool) -> Hold | None:
    world = guard_facts.read_world(platform.store, platform.settings)
    facts = guard_facts.read(platform.store, platform.settings, [job], world)[job.job_id]
    passed = ONLY_SCHEDULED | PASSED_BY_IGNORE if ignore_guards else ONLY_SCHEDULED
    return guards.first_hold(job, facts, passed)


def _held(job: Job, hold: Hold) -> Conflict:
    why = sentence(hold, job_id=job.job_id, flow_group=job.controls.flow_group)
    return Conflict(f"job '{job.job_id}' is held: {why}", hold)


def _creation(
    platform: Platform,
    actor: Actor,
    job: Job,
    inputs: Mapping[str, Any],
    ignore_guards: bool,
    source: str,
    idempotency_key: str | None,
) -> Creation:
    identity = idempotency_key or secrets.token_hex(16)
    name = run_id(job.job_id, job.incarnation, platform.store.now(), identity)
    trace_id = actor.request_id or name
    return Creation(name, job, source, None, actor.name, trace_id, inputs, ignore_guards)
