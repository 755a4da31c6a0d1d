"""What stands around every tab of a job's page: its name and state, what may be done with it, what holds it, and the tabs."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.job import Job
from webapp.htmx import respond
from webapp.pages.grant_form import EXTENSIBLE
from webapp.pages.job_rows import job_row
from webapp.pages.reading import read

Entry = tuple[str, str, str]


def show_tab(job: Job, tab: str, live: str, page: str = "jobs/show.html", **context: Any) -> Response:
    """Return the tab of the job, or only `live`, the part of it that asks for itself again; one round trip.

    The template of what stands in the tab is `jobs/_tab_TAB.html`.
    """
    strip = read(operations.job_strips, [job.job_id])[job.job_id]
    return respond(
        page,
        live,
        job=job,
        row=job_row(job, strip),
        p95=strip.p95,
        active=len(strip.active_runs),
        tab=tab,
        tabs=entries(job),
        extensible=job.spec.type in EXTENSIBLE,
        **context,
    )


def entries(job: Job) -> list[Entry]:
    """Return the tabs: name, address, word."""
    return [
        ("summary", url_for("jobs.show", job_id=job.job_id), _("Summary")),
        ("runs", url_for("job_tabs.runs", job_id=job.job_id), _("Runs")),
        ("decisions", url_for("job_tabs.decisions", job_id=job.job_id), _("Decisions")),
        ("schedule", url_for("job_tabs.schedule", job_id=job.job_id), _("Schedule")),
        ("guards", url_for("job_tabs.guards", job_id=job.job_id), _("Guards")),
        ("what_if", url_for("job_what_if.show", job_id=job.job_id), _("What if")),
        ("memory", url_for("job_tabs.memory", job_id=job.job_id), _("Memory")),
        ("versions", url_for("job_versions.index", job_id=job.job_id), _("Versions")),
        ("spec", url_for("job_tabs.spec", job_id=job.job_id), _("Spec")),
    ]
