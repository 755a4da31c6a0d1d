"""Another job, for an agent: never its own, only what is permitted, and in the name of whoever saved the agent's job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from runners.agents.owner import owner
from runners.agents.permits import Lack
from runners.agents.tools.tool import ActFailed, Situation
from runners.engine import operations
from runners.engine.errors import NotFound, Unreadable
from runners.engine.grant import JOB_ID, Capability
from runners.engine.operations import Actor, Role

JobId = Annotated[str, Field(pattern=f"^{JOB_ID}$", description="the job's id")]


class OtherJob:
    """What its tools have in common; `capability` is what permits the job."""

    capability: Capability

    def __init__(self, situation: Situation) -> None:
        self._ctx, self._permits = situation.ctx, situation.permits

    def lacking(self, job_id: str, value: str, why: str) -> Iterator[Lack]:
        """Yield what keeps it from job `job_id`; `value` is what a grant of what it wants would say, `why` why it needs one."""
        permitted = self._permits.has(self.capability, value)
        try:
            operations.get_job(self._ctx.platform, Actor(f"job {self._ctx.job_id}", Role.VIEWER, "system"), job_id)
        except (NotFound, Unreadable) as fault:
            yield Lack(self.capability, value, str(fault), grantable=not permitted)
            return
        if not permitted:
            yield Lack(self.capability, value, why)

    def owner(self, job_id: str, value: str) -> Actor:
        """Return in whose name the job is started or changed. Raises ActFailed, and Forbidden where that person may no longer."""
        if job_id == self._ctx.job_id:
            raise ActFailed("an agent changes and starts other jobs, never its own")
        if not self._permits.has(self.capability, value):
            raise ActFailed(f"job '{value}' is not allowed")
        return owner(self._ctx)
