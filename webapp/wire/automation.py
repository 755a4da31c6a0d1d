"""Recurring agent workflows as JSON: the job, its lane, and what a workflow of a lane begins with; contract §7."""

from typing import Any, Literal

from runners.engine.agents.memory import Memory
from runners.engine.automation import LaneTemplate, Preset
from runners.engine.job import Job
from runners.engine.operations.jobs import Saved
from runners.engine.words import Language
from webapp.wire.agent_memory import MemoryInShortRow, memory_in_short_row
from webapp.wire.jobs import JobRow, SharingRow, job_row, sharing_row
from webapp.wire.shape import Shape


class AgentWorkflowRow(JobRow):
    """The job of a recurring agent workflow; `lane` is its flow group, null for none.

    `memory` is in short what its agent remembers, null where that is nothing; other workflows may share it.
    """

    lane: str | None
    memory: MemoryInShortRow | None


class SavedAgentWorkflowRow(AgentWorkflowRow):
    """The workflow as it is now, and what saving it did; `unchanged` wrote no version.

    `shares_memory` is null when no other job uses its agent's memory.
    """

    status: Literal["created", "updated", "unchanged"]
    shares_memory: SharingRow | None


class PresetRow(Shape):
    """Failures in a row until a workflow cools down, at first and at most for so many seconds."""

    preset: str
    failure_threshold: int
    failure_cooldown_sec: int
    failure_cooldown_max_sec: int


class TemplateRow(Shape):
    """What a workflow of a lane begins with: the fields of the form that `template` fills."""

    template: str
    fields: dict[str, Any]


class TemplatesRow(Shape):
    """What the form can be filled with."""

    templates: list[TemplateRow]
    presets: list[PresetRow]


def agent_workflow_row(job: Job, memory: Memory | None, language: Language) -> AgentWorkflowRow:
    """Return the workflow for the wire, its hold in `language`."""
    short = memory_in_short_row(memory) if memory else None
    return {**job_row(job, language), "lane": job.controls.flow_group, "memory": short}


def saved_agent_workflow_row(saved: Saved, memory: Memory | None, language: Language) -> SavedAgentWorkflowRow:
    """Return the workflow that was saved for the wire."""
    shared = sharing_row(saved.sharing) if saved.sharing else None
    return {**agent_workflow_row(saved.job, memory, language), "status": saved.status, "shares_memory": shared}


def template_row(template: LaneTemplate) -> TemplateRow:
    """Return what a lane begins with, for the wire."""
    return {"template": template.name, "fields": template.fields()}


def preset_row(name: str, preset: Preset) -> PresetRow:
    """Return a preset for the wire."""
    return {
        "preset": name,
        "failure_threshold": preset.failure_threshold,
        "failure_cooldown_sec": preset.failure_cooldown_sec,
        "failure_cooldown_max_sec": preset.failure_cooldown_max_sec,
    }
