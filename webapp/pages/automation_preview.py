"""What is known of an agent workflow that is still being typed: what is wrong with it, and when it would run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, Problem
from webapp.asking import actor, platform
from webapp.pages.automation_form import WorkflowEditor, typed
from webapp.pages.job_preview import SLOTS_SHOWN, JobPreview, of_preview, of_schedule


def checked(raw: Mapping[str, Any]) -> JobPreview:
    """Check the form as saving it would, and forecast its job, storing nothing."""
    try:
        found = operations.preview_agent_workflow(platform(), actor(), raw, SLOTS_SHOWN)
    except Invalid as error:
        return of_schedule(_schedule(raw), tuple(error.problems), checked=True)
    except Conflict as error:
        return of_schedule(_schedule(raw), (Problem(("job_id",), str(error), "taken"),), checked=True)
    return of_preview(found)


def of_editor(editor: WorkflowEditor) -> JobPreview:
    """Return when the workflow of an open form would run, and nothing else."""
    return of_schedule(_schedule(typed(editor.shown)), (), checked=False)


def _schedule(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {name: raw[name] for name in ("interval_sec", "cron", "timezone") if name in raw}
