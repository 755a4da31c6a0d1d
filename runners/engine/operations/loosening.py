"""What keeps approvals from being edited away: who is no admin may ask for more of them, and never for fewer."""

from __future__ import annotations

from runners.engine.errors import Forbidden
from runners.engine.job import Job, JobSpec
from runners.engine.operations.roles import Actor, Role
from runners.engine.store.jobs import Broken

EVERY_ADMIN = JobSpec.model_fields["approvers"].default


def refuse_loosening(actor: Actor, spec: JobSpec, before: Job | Broken | None) -> None:
    """Raise Forbidden when somebody who is no admin takes `requires_approval` away, or changes who decides.

    A record that cannot be read may have required it.
    """
    if actor.role.covers(Role.ADMIN):
        return
    known = before.spec if isinstance(before, Job) else None
    if not spec.requires_approval and (known.requires_approval if known else before is not None):
        raise Forbidden(f"'{actor.name}' is {actor.role}; to let job '{spec.job_id}' run without approval needs admin")
    if spec.approvers != (known.approvers if known else EVERY_ADMIN):
        raise Forbidden(f"'{actor.name}' is {actor.role}; to say who approves runs of job '{spec.job_id}' needs admin")
