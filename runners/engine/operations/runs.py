"""Runs: ask for one, list and read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runners.engine.decision import Decision
from runners.engine.errors import Invalid, Problem
from runners.engine.job import Job, validate_inputs
from runners.engine.job.controls import CONTROL_NAMES
from runners.engine.operations.admission import admitted, asked_for
from runners.engine.operations.discretion import discreet_run, page_seen_by, seen_by
from runners.engine.operations.existing import existing_job, existing_run
from runners.engine.operations.handlers import usable_catalog
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.run import Run, RunStatus
from runners.engine.store import events, runs
from runners.engine.store.events import Event
from runners.engine.store.ledger import find_decision
from runners.engine.store.page import Page
from runners.engine.store.run_index import RunFilter


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
    carries the hold. The same `idempotency_key` makes one run a day, however often it is sent.
    """
    job = existing_job(platform.store, job_id)
    merged = _merged(platform, job, inputs or {})
    creation = asked_for(platform, actor, job, merged, source, ignore_guards, idempotency_key)
    return admitted(platform, actor, creation, job.version, idempotency_key)


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
    among: int | None = None,
) -> Page[Run]:
    """Return a page of the runs that pass the filter, newest first; without `full` they lack their inputs.

    Where no index answers, at most `among` runs are looked at (None: as many as any list may), and the page says how far.
    """
    page = runs.list_runs(platform.store, wanted, limit, offset, cursor, full=full, among=among)
    return page_seen_by(actor, page, discreet_run) if full else page


@operation(Role.VIEWER)
def get_run(platform: Platform, actor: Actor, run_id: str) -> Run:
    """Return the run; only operators see where its attempts failed in the code. Raises NotFound."""
    return seen_by(actor, existing_run(platform.store, run_id), discreet_run)


@operation(Role.VIEWER)
def run_counts(platform: Platform, actor: Actor) -> dict[RunStatus | None, int]:
    """Return how many runs are in each state, and in all under None."""
    return runs.count_runs(platform.store)


@operation(Role.VIEWER)
def run_decision(platform: Platform, actor: Actor, job_id: str, run_id: str) -> Decision | None:
    """Return the decision of the job that made the run, None when it is kept no more."""
    return find_decision(platform.store, job_id, run_id)


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
