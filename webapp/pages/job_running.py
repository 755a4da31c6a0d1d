"""Starting a run with other inputs than the job's own, for this once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, Response, request, url_for

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, Problem, Unreadable
from runners.engine.job import Job
from runners.engine.operations import Role
from webapp.htmx import respond
from webapp.pages import job_broken
from webapp.pages.acting import change, go
from webapp.pages.job_changes import tell_of_run
from webapp.pages.job_editor import Editor, as_typed, of_job
from webapp.pages.job_form_inputs import FURTHER, handler_inputs
from webapp.pages.reading import read
from webapp.roles import needs

pages = Blueprint("job_running", __name__, url_prefix="/ui/jobs")
pages.register_error_handler(Unreadable, job_broken.show)


@pages.get("/<job_id:job_id>/run-with")
@needs(Role.OPERATOR)
def choose(job_id: str) -> Response:
    """Show the job's inputs, to be changed for one run."""
    job = read(operations.get_job, job_id)
    return _form(job, of_job(job))


@pages.post("/<job_id:job_id>/run-with")
@needs(Role.OPERATOR)
def run(job_id: str) -> Response:
    """Start a run with the inputs of the form, or show what is wrong with them, or what holds the job."""
    job = read(operations.get_job, job_id)
    editor = as_typed({"type": job.spec.type, **request.form}, job_id, job.version)
    typed = handler_inputs(request.form, editor.fields, defaults=True)
    if not isinstance(typed, dict):
        return _form(job, _with(editor, [Problem((FURTHER,), "further inputs are no JSON object", "dict_type")]), 422)
    own = job.spec.inputs
    changed = {name: value for name, value in typed.items() if name not in own or own[name] != value}
    try:
        started = change(operations.run_job, job_id, inputs=changed)
    except Invalid as error:
        return _form(job, _with(editor, error.problems), 422)
    except Conflict as error:
        return _form(job, _with(editor, [Problem((), str(error), "held")]), 409)
    tell_of_run(started)
    return go(url_for("runs.show", run_id=started.run_id))


def _with(editor: Editor, problems: Iterable[Problem]) -> Editor:
    return replace(editor, problems=list(problems))


def _form(job: Job, editor: Editor, status: int = 200) -> Response:
    return respond("jobs/run_with.html", "jobs/_run_with.html", status, job=job, editor=editor)
