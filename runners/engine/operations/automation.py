"""Recurring agent workflows: which there are, lane by lane, and the form that saves one through the same door as any job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from runners.engine import automation
from runners.engine.agents.memory import Memory, key_of
from runners.engine.errors import Conflict, Invalid, Problem
from runners.engine.events import EventType
from runners.engine.job import Job, validate
from runners.engine.operations.discretion import discreet_job, page_seen_by
from runners.engine.operations.foretelling import Preview, foretold
from runners.engine.operations.handlers import usable_catalog
from runners.engine.operations.jobs import Saved, saved
from runners.engine.operations.keeping import over_others
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store import agent_memories, flow_groups, jobs
from runners.engine.store.flow_groups import FlowGroup
from runners.engine.store.job_index import JobFilter
from runners.engine.store.jobs import Broken
from runners.engine.store.page import Page


@dataclass(frozen=True, slots=True)
class AgentWorkflows:
    """A page of agent workflows by lane and id.

    With the flow group of each lane that stands on it, by name, and what each workflow's agent remembers, by the job's id;
    none where it remembers nothing, or nothing that can be read.
    """

    page: Page[Job]
    lanes: Mapping[str, FlowGroup]
    memories: Mapping[str, Memory]


@operation(Role.VIEWER)
def list_agent_workflows(
    platform: Platform, actor: Actor, wanted: JobFilter, limit: int, offset: int = 0, cursor: str | None = None
) -> AgentWorkflows:
    """Return a page of the agent workflows that pass the filter, by flow group and then by id; four round trips."""
    page = jobs.list_by_lane(platform.store, replace(wanted, type=automation.TYPE), limit, offset, cursor)
    page = page_seen_by(actor, page, discreet_job)
    names = sorted({job.controls.flow_group for job in page.rows if job.controls.flow_group})
    keys = {job.job_id: key_of(job.spec.inputs.get("agent_key"), job.job_id) for job in page.rows}
    known = agent_memories.load_memories(platform.store, sorted(set(keys.values())))
    memories = {job_id: known[key] for job_id, key in keys.items() if key in known}
    return AgentWorkflows(page, flow_groups.load_groups(platform.store, names), memories)


@operation(Role.OPERATOR)
def save_agent_workflow(
    platform: Platform,
    actor: Actor,
    raw: Mapping[str, Any],
    create_only: bool = False,
    expected_version: int | None = None,
) -> Saved:
    """Save the job that the form `raw` states, as `save_job` does; what the form has no place for stays as it is.

    Raises what `save_job` raises, with each problem at the field of the form, and Conflict when the id is one of another job.
    """

    def once() -> Saved:
        spec, before = _checked(platform, raw)
        new = create_only or before is None
        seen = before.version if isinstance(before, Job) else None
        said = EventType.AUTOMATION_AGENT_WORKFLOW_SAVED
        expected = seen if expected_version is None else expected_version
        return saved(platform, actor, spec, said, create_only=new, expected_version=expected)

    return once() if create_only or expected_version is not None else over_others(once)


@operation(Role.VIEWER)
def preview_agent_workflow(platform: Platform, actor: Actor, raw: Mapping[str, Any], count: int) -> Preview:
    """Check the form and forecast the job that it states, storing nothing. Raises Invalid with every problem, and Conflict."""
    spec, _ = _checked(platform, raw)
    return foretold(platform, validate(spec, usable_catalog(platform, [spec])), count)


def _checked(platform: Platform, raw: Mapping[str, Any]) -> tuple[dict[str, Any], Job | Broken | None]:
    """Return the spec that the form states, and what it replaces."""
    fields = automation.filled(raw)
    before = _stored(platform, fields.get("job_id"))
    spec = automation.to_spec(fields, before.spec if isinstance(before, Job) else None)
    problems = automation.all_problems(automation.form_problems(fields), _spec_problems(platform, spec))
    if problems:
        raise Invalid(problems)
    return spec, before


def _stored(platform: Platform, job_id: object) -> Job | Broken | None:
    found = jobs.load_record(platform.store, job_id) if isinstance(job_id, str) else None
    if isinstance(found, Job) and found.spec.type != automation.TYPE:
        raise Conflict(f"job '{job_id}' is of type '{found.spec.type}', no agent workflow; choose another id")
    return found


def _spec_problems(platform: Platform, spec: Mapping[str, Any]) -> list[Problem]:
    try:
        validate(spec, usable_catalog(platform, [spec]))
    except Invalid as error:
        return error.problems
    return []
