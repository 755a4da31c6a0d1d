"""In whose name an agent changes anything: the person who saved its job, with no more rights than that person has now."""

from __future__ import annotations

from runners.engine.access.roles_now import role_now
from runners.engine.errors import Forbidden
from runners.engine.handler import Context
from runners.engine.operations import Actor, Role
from runners.engine.store.runs import load_run
from runners.engine.store.versions import author_of


def owner(ctx: Context) -> Actor:
    """Return who saved the version of the job that this run is of, as an operator. Raises Forbidden."""
    store = ctx.platform.store
    run = load_run(store, ctx.run_id)
    name = author_of(store, ctx.job_id, run.job_version) if run else None
    if name is None:
        raise Forbidden("nobody knows any more who saved this version of the job; save it again")
    role = role_now(ctx.platform, name)
    if role is None or not role.covers(Role.OPERATOR):
        raise Forbidden(f"'{name}', who saved this job, may do that no longer; somebody who may has to save it again")
    return Actor(name, Role.OPERATOR, "system", ctx.run_id)
