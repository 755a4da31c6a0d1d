"""`start_job`: a run of another job, through the same admission and audit as for the one who saved this job."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from runners.agents.lineage import refuse_endless
from runners.agents.permits import Lack
from runners.agents.tools.other_job import JobId, OtherJob
from runners.agents.tools.tool import ActFailed, ModelTool, Observation, Situation, Tool
from runners.engine import operations
from runners.engine.grant import Capability
from runners.engine.secret_references import references

SAID: Mapping[str, frozenset[str]] = {
    "agent.workflow": frozenset({"prompt"}),
    "command.run": frozenset({"stdin"}),
    "http.request": frozenset({"body"}),
}
"""What an agent may say to a job of a type that reaches outside: never where to, by which program, or by what right."""


class StartArguments(BaseModel, extra="forbid", frozen=True):
    """`inputs` are merged over the job's own, for this run; what reaches further than the job does is refused."""

    job_id: JobId
    inputs: dict[str, Any] = {}


class StartJob(OtherJob, ModelTool[StartArguments]):
    """Asks for a run, once for each step, however often it is repeated."""

    name = kind = "start_job"
    capability = Capability.JOB
    description = "start a run of another job now; the guards of that job may refuse it"
    arguments = StartArguments

    def what(self, arguments: StartArguments) -> str:
        """Say which job, and with which inputs."""
        said = f" with {json.dumps(arguments.inputs, ensure_ascii=False)}" if arguments.inputs else ""
        return f"start job {arguments.job_id}{said}"

    def lacks(self, arguments: StartArguments) -> Sequence[Lack]:
        """Return the job that it may not start, or that is not there."""
        job_id = arguments.job_id
        return list(self.lacking(job_id, job_id, f"the job may not start job '{job_id}'"))

    def repeats_safely(self, arguments: StartArguments) -> bool:
        """The same key makes one run."""
        return True

    def act(self, arguments: StartArguments, key: str) -> Observation:
        """Ask for the run; whatever refuses it is the failure."""
        actor = self.owner(arguments.job_id, arguments.job_id)
        job = operations.get_job(self._ctx.platform, actor, arguments.job_id)
        if fault := _reach(job.spec.type, arguments.inputs):
            raise ActFailed(f"job '{job.job_id}' keeps what it reaches: {fault}")
        refuse_endless(self._ctx.platform.store, self._ctx.run_id, job.job_id)
        run = operations.run_job(
            self._ctx.platform, actor, arguments.job_id, arguments.inputs or None, idempotency_key=key
        )
        return Observation(f"run {run.run_id} of job {run.job_id} is {run.status}")


def _reach(job_type: str, inputs: Mapping[str, Any]) -> str:
    """Return which of these inputs would let the job reach what is its own to say, '' when none does."""
    strange = sorted(set(inputs) - SAID.get(job_type, inputs.keys()))
    if strange:
        return (
            f"an agent may set {', '.join(SAID[job_type])} of a job of type '{job_type}', and not {', '.join(strange)}"
        )
    named = sorted(map(str, references(inputs)))
    return f"an agent may not refer to secrets, as in {named[0]}" if named else ""


def offered(situation: Situation) -> Iterator[Tool[Any]]:
    """Yield the tool."""
    yield StartJob(situation)
