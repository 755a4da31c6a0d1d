"""One row of a table of jobs: the job, what became of its last slots, and what it does now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from runners.engine import operations
from runners.engine.job import Job
from runners.engine.schedule import in_words
from webapp.language import language
from webapp.pages.reading import read
from webapp.presentation import strip, words


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as tables show it. `p50` and `p95` are None until a run has succeeded; `why` until something holds the job."""

    job: Job
    state: str
    schedule: str
    strip: Markup
    p50: timedelta | None
    p95: timedelta | None
    why: str | None


def job_rows(jobs: Iterable[Job]) -> list[JobRow]:
    """Return a row for each job, in the given order; one read for all of them."""
    listed = list(jobs)
    strips = read(operations.job_strips, [job.job_id for job in listed]) if listed else {}
    return [job_row(job, strips[job.job_id]) for job in listed]


def job_row(job: Job, found: strip.Strip) -> JobRow:
    """Return the row of one job."""
    return JobRow(
        job=job,
        state=words.job_state(job, found),
        schedule=in_words(job.spec.schedule, language()),
        strip=strip.draw(strip.bars(found)),
        p50=found.p50,
        p95=found.p95,
        why=words.why_short(job.held.hold, job, language()) if job.held and job.enabled else None,
    )
