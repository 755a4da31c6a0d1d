"""Recurring agent workflows: list them by lane, save one by its form; contract §7."""

from __future__ import annotations

from contextlib import suppress

from flask import Response

from runners.engine import operations
from runners.engine.agents.memory import Memory, key_of
from runners.engine.automation import PRESETS, TEMPLATES, AgentWorkflowForm
from runners.engine.errors import NotFound, Unreadable
from runners.engine.job import Job
from runners.engine.operations import Role
from webapp.api import preconditions
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import WorkflowQuery
from webapp.asking import actor, platform
from webapp.language import language
from webapp.parsing_json import json_object
from webapp.wire.automation import (
    AgentWorkflowRow,
    SavedAgentWorkflowRow,
    TemplatesRow,
    agent_workflow_row,
    preset_row,
    saved_agent_workflow_row,
    template_row,
)


@endpoint(
    "GET",
    "/automation/agent-workflows",
    Role.VIEWER,
    query=WorkflowQuery,
    answers={200: list[AgentWorkflowRow]},
    paged=True,
    worded=True,
)
def list_agent_workflows(query: WorkflowQuery) -> Response:
    """List the recurring agent workflows, by lane and then by id; those of no lane come last."""
    found = operations.list_agent_workflows(
        platform(), actor(), query.filter(), query.limit, query.offset, query.cursor
    )
    return many(found.page, lambda job: agent_workflow_row(job, found.memories.get(job.job_id), language()))


@endpoint(
    "POST",
    "/automation/agent-workflow",
    Role.OPERATOR,
    body=AgentWorkflowForm,
    answers={200: SavedAgentWorkflowRow, 201: SavedAgentWorkflowRow},
    versioned=True,
    creates=True,
    worded=True,
)
def save_agent_workflow() -> Response:
    """Create or replace the job of a recurring agent workflow by its form; it is a job like any other then.

    What the form has no field for stays as the job has it. An id that another type of job has is 409.
    """
    raw = json_object()
    job_id = raw.get("job_id")
    saved = operations.save_agent_workflow(
        platform(), actor(), raw, preconditions.create_only(), preconditions.expected_version(job_id)
    )
    row = saved_agent_workflow_row(saved, _memory(saved.job), language())
    return preconditions.saved(row, f"/jobs/{saved.job.job_id}", saved.job.version)


@endpoint("GET", "/automation/templates", Role.VIEWER, answers={200: TemplatesRow})
def list_templates() -> Response:
    """Say what the form can be filled with: a template for each lane, and presets of failure settings."""
    row: TemplatesRow = {
        "templates": [template_row(template) for template in TEMPLATES.values()],
        "presets": [preset_row(name, preset) for name, preset in PRESETS.items()],
    }
    return one(row)


def _memory(job: Job) -> Memory | None:
    """Return what the workflow's agent remembers; None where it remembers nothing, or nothing that can be read."""
    with suppress(NotFound, Unreadable):
        return operations.agent_memory(platform(), actor(), key_of(job.spec.inputs.get("agent_key"), job.job_id))
    return None
