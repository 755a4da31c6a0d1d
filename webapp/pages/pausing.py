"""What a person may stop and let go on from a page: everything, a priority, a flow group, a job."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.pause import Pause
from webapp.pages.acting import change, go, tell
from webapp.pages.shell import now
from webapp.presentation.times import relative
from webapp.roles import needs

pages = Blueprint("pausing", __name__, url_prefix="/ui")

JUST_NOW = timedelta(minutes=1)


@pages.post("/queue/pause")
@needs(Role.OPERATOR)
def pause_queue() -> Response:
    """Pause the priority of the form, or everything."""
    priority = _priority()
    tell(_paused(_named(priority), change(operations.pause_queue, priority)), tone="wait")
    return go(url_for("queue.show"))


@pages.post("/queue/resume")
@needs(Role.OPERATOR)
def resume_queue() -> Response:
    """Resume the priority of the form, or everything."""
    priority = _priority()
    change(operations.resume_queue, priority)
    tell(_("%(what)s goes on.", what=_named(priority)))
    return go(url_for("queue.show"))


@pages.post("/flow-groups/<flow_group:flow_group>/pause")
@needs(Role.OPERATOR)
def pause_flow(flow_group: str) -> Response:
    """Pause a flow group."""
    tell(_paused(_("Flow group %(name)s", name=flow_group), change(operations.pause_flow, flow_group)), tone="wait")
    return go(url_for("flow_groups.show", flow_group=flow_group))


@pages.post("/flow-groups/<flow_group:flow_group>/resume")
@needs(Role.OPERATOR)
def resume_flow(flow_group: str) -> Response:
    """Resume a flow group."""
    change(operations.resume_flow, flow_group)
    tell(_("%(what)s goes on.", what=_("Flow group %(name)s", name=flow_group)))
    return go(url_for("flow_groups.show", flow_group=flow_group))


@pages.post("/jobs/<job_id:job_id>/pause")
@needs(Role.OPERATOR)
def pause_job(job_id: str) -> Response:
    """Pause a job."""
    tell(_paused(job_id, change(operations.pause_job, job_id)), tone="wait")
    return go(url_for("jobs.show", job_id=job_id))


@pages.post("/jobs/<job_id:job_id>/resume")
@needs(Role.OPERATOR)
def resume_job(job_id: str) -> Response:
    """Resume a job."""
    change(operations.resume_job, job_id)
    tell(_("%(what)s goes on.", what=job_id))
    return go(url_for("jobs.show", job_id=job_id))


def _priority() -> str | None:
    return request.form.get("priority") or None


def _named(priority: str | None) -> str:
    return _("Priority %(name)s", name=priority) if priority else _("Everything")


def _paused(named: str, pause: Pause) -> str:
    """Say by whom and, if it was paused before, since when."""
    said = _("%(what)s is paused by %(who)s. What runs goes on; nothing new begins.", what=named, who=pause.by)
    if pause.since is None or now() - pause.since < JUST_NOW:
        return said
    return f"{said} {_('It is so since %(time)s.', time=relative(pause.since, now()))}"
