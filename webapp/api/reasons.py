"""Why a job did not run at one time, how crowded its minutes are, and what holds what is held."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from flask import Response

from runners.engine import operations
from runners.engine.errors import Invalid, Problem
from runners.engine.fields import show
from runners.engine.operations import Role
from runners.engine.schedule.recent import length_of, read_recent
from webapp.api.answer import one
from webapp.api.endpoint import endpoint
from webapp.asking import actor, platform
from webapp.language import language
from webapp.parsing_query import Query
from webapp.parsing_types import Digits, Text
from webapp.wire.reasons import (
    DayCrowdingRow,
    HeldByRow,
    JobCrowdingRow,
    ThenRow,
    day_crowding_row,
    held_by_row,
    job_crowding_row,
    then_row,
)


class ThenQuery(Query):
    """Which time: `02:00` is the last time that clocks in the job's zone showed it, `yesterday 02:00` that of yesterday.

    A date and time may be local to that zone, or RFC 3339. Without `length_sec` it is the minute that begins then, or the second
    when seconds are said.
    """

    at: Annotated[str, Text(40)]
    length_sec: Annotated[int, Digits(1, 86_400)] | None = None


@endpoint("GET", "/jobs/{job_id}/then", Role.VIEWER, query=ThenQuery, answers={200: ThenRow}, worded=True)
def why_then(job_id: str, query: ThenQuery) -> Response:
    """Say why the job did, or did not, run at one time of the past."""
    schedule = operations.get_job(platform(), actor(), job_id).spec.schedule
    at = read_recent(query.at, schedule.timezone if schedule else "UTC", platform().store.now())
    if at is None:
        fault = f"at {show(query.at)} is no time; write 02:00, 2026-11-27 02:00 or 2026-11-27T02:00:00Z"
        raise Invalid([Problem(("at",), fault, "no_time")])
    length = timedelta(seconds=query.length_sec) if query.length_sec else length_of(query.at)
    return one(then_row(operations.why_then(platform(), actor(), job_id, at, length), language()))


@endpoint("GET", "/jobs/{job_id}/crowding", Role.VIEWER, answers={200: JobCrowdingRow}, worded=True)
def job_crowding(job_id: str) -> Response:
    """Say how many other jobs fall due in the minutes of this one, and where it had better move."""
    return one(job_crowding_row(job_id, operations.crowding(platform(), actor(), job_id), language()))


@endpoint("GET", "/schedule/crowding", Role.VIEWER, answers={200: DayCrowdingRow})
def day_crowding() -> Response:
    """Say which minutes of the coming 24 hours stand out by the number of jobs that fall due in them."""
    return one(day_crowding_row(operations.coming_day(platform(), actor())))


@endpoint("GET", "/queue/held", Role.VIEWER, answers={200: list[HeldByRow]}, worded=True)
def list_held() -> Response:
    """Say how many jobs each guard holds now, by what, and which wait longest; in the order of the guards."""
    return one([held_by_row(held, jobs, language()) for held, jobs in operations.held_by(platform(), actor())])
