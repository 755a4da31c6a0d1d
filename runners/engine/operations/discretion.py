"""What viewers see of jobs and runs: all of it, but masks where the inputs hold secrets by their name or form.

Secrets belong in accounts, and inputs refer to them; who types one in clear all the same shows it to those who may change the
job, and to nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from runners.engine.approval import Approval
from runners.engine.job import Job, JobSpec
from runners.engine.job.difference import ABSENT, Difference
from runners.engine.masking import masked, spelled
from runners.engine.operations.roles import Actor, Role
from runners.engine.run import Run
from runners.engine.store.approvals import Shown
from runners.engine.store.page import Page

Row = TypeVar("Row")


def seen_by(actor: Actor, row: Row, discreet: Callable[[Row], Row]) -> Row:
    """Return `row` as the actor may see it."""
    return row if actor.role.covers(Role.OPERATOR) else discreet(row)


def page_seen_by(actor: Actor, page: Page[Row], discreet: Callable[[Row], Row]) -> Page[Row]:
    """Return the page with each row as the actor may see it."""
    return page if actor.role.covers(Role.OPERATOR) else replace(page, rows=tuple(map(discreet, page.rows)))


def discreet_spec(spec: JobSpec) -> JobSpec:
    """Return the spec without the secrets of its inputs."""
    return spec.model_copy(update={"inputs": masked(spec.inputs)})


def discreet_job(job: Job) -> Job:
    """Return the job without the secrets of its inputs."""
    return replace(job, spec=discreet_spec(job.spec))


def discreet_run(run: Run) -> Run:
    """Return the run without the secrets of its inputs, and without where its attempts failed in the code."""
    return replace(run.with_tracebacks({}), inputs=masked(run.inputs))


def discreet_approval(approval: Approval) -> Approval:
    """Return the approval without the secrets of what is asked for."""
    return replace(approval, requests=tuple(map(masked, approval.requests)))


def discreet_shown(shown: Shown) -> Shown:
    """Return the approval and its run so; the run's inputs as text are what is decided on, and only operators decide."""
    run = discreet_run(shown.run) if shown.run else None
    return Shown(discreet_approval(shown.approval), run, spelled(run.inputs) if run else "")


def discreet_change(change: Difference) -> Difference:
    """Return the change, which says that a secret is another one, and not which."""
    return replace(change, before=_at(change.path, change.before), after=_at(change.path, change.after))


def _at(path: tuple[str, ...], value: Any) -> Any:
    """Mask `value` as what stands at that path."""
    if value is ABSENT or path[:1] != ("inputs",):
        return value
    for name in reversed(path):
        value = {name: value}
    found = masked(value)
    for name in path:
        found = found[name] if isinstance(found, dict) else found
    return found
