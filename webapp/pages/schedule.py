"""The schedule: how crowded the coming day is and what falls due next; and a calendar of what became of past slots."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import Blueprint, Response, request

from runners.engine import operations
from runners.engine.coming_day import ComingDay
from runners.engine.operations import JobFilter, Role
from runners.engine.store.slot_days import ROWS_READ, total
from webapp.asking import platform
from webapp.htmx import respond
from webapp.pages import shell
from webapp.pages.paging import BACK_FURTHER, page_number, paging
from webapp.pages.reading import read
from webapp.pages.remembering import read_seldom
from webapp.preferences import zone
from webapp.presentation import day_strip
from webapp.roles import needs

pages = Blueprint("schedule", __name__, url_prefix="/ui/schedule")

COUNTED_EVERY_SEC = 20.0
PEAKS, SLOTS, NAMED = 6, 20, 200
JOBS, DAYS = 15, 7


@pages.get("")
@needs(Role.VIEWER)
def show() -> Response:
    """Show the coming day, its peaks, and the slots that fall due next; with `at` who falls due in that minute."""
    day = read_seldom(COUNTED_EVERY_SEC, operations.coming_day)
    peaks, settings = day.peaks(PEAKS), platform().settings
    asked = _asked(day)
    due = day.due_in(asked) if asked is not None else []
    return respond(
        "schedule/show.html",
        "schedule/_live.html",
        day=day,
        peaks=peaks,
        strip=day_strip.draw(day, peaks),
        cap=settings.max_dispatch_per_tick,
        tick=settings.tick,
        at=None if asked is None else day.start + asked * timedelta(minutes=1),
        due=due,
        named=NAMED,
        slots=read(operations.next_slots, SLOTS),
    )


@pages.get("/calendar")
@needs(Role.VIEWER)
def calendar() -> Response:
    """Show for a page of jobs what became of their slots on each of the last days, in the reader's zone."""
    number, search = page_number(), request.args.get("search", "").strip()[:200]
    wanted = JobFilter(search=search or None)
    found = read(operations.list_jobs, wanted, limit=JOBS, offset=(number - 1) * JOBS)
    starts = _days(shell.now())
    days = read(operations.slot_days, [job.job_id for job in found.rows], starts)
    return respond(
        "schedule/calendar.html",
        "schedule/_calendar.html",
        rows=[(job, days[job.job_id], total(days[job.job_id].days)) for job in found.rows],
        starts=starts,
        search=search,
        rows_read=ROWS_READ,
        paging=paging(number, JOBS, len(found.rows), found.total, BACK_FURTHER),
    )


def _asked(day: ComingDay) -> int | None:
    """Return the number of the minute of the URL, RFC 3339; None for none that lies in the day."""
    try:
        moment = datetime.fromisoformat(request.args.get("at", ""))
        return day.place_of(moment) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _days(now: datetime) -> list[datetime]:
    """Return the beginnings of the last days in the reader's zone, today the last."""
    today = now.astimezone(zone()).date()
    dates = (today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1))
    return [datetime.combine(date, time(), zone()) for date in dates]
