"""What happened in the shop: thirty nights, a day, a burst of uploads, a deploy that went wrong, and what people did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from runners.engine import operations
from runners.engine.operations import Actor, Role
from runners.engine.platform import Platform
from runners.engine.protocol.presence import beat
from runners.engine.store.processes import ProcessBeat
from runners.engine.version import VERSION
from tests.seeding.play import Play
from tests.seeding.shop import DAILY, JAKARTA, STEADY, behaviour

NIGHTS = 30
DAY = timedelta(hours=26)
BURST = 356
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FINE, DEPLOYED = 150 * MINUTE, 80 * MINUTE
ANA, BUDI = Actor("ana", Role.ADMIN, "page"), Actor("budi", Role.ADMIN, "page")
UPLOADS = Actor("token:uploads", Role.OPERATOR, "api")
SILENT = "worker-batch-03-4188"
WORKERS = ("worker-batch-01-4127", "worker-batch-02-4166")


def lived(platform: Platform, now: datetime) -> Play:
    """Play everything up to `now` (a few seconds from the present), and return the play as it stands then."""
    now = now.replace(second=now.second // 10 * 10, microsecond=0)
    begin = (now - timedelta(days=NIGHTS + 1)).replace(hour=12, minute=0, second=0)
    play = Play.on(platform, begin, behaviour(now - DEPLOYED), WORKERS)
    _nights(play, now - DAY)
    for spec in STEADY:
        save(play, spec)
    operations.set_enabled(play.platform, ANA, "customer-digest", False)
    deeds = [(now - before, deed) for before, deed in AFTERNOON] + [(_last_two(now) - 20 * MINUTE, _recount)]
    for moment, deed in sorted(deeds, key=lambda one: one[0]):
        _through(play, moment, now)
        deed(play)
    _through(play, now, now)
    return play


def save(play: Play, spec: dict[str, Any]) -> None:
    """Save a job as people do."""
    operations.save_job(play.platform, ANA, spec)


def run(play: Play, job_id: str, by: Actor = ANA, ignore_guards: bool = False) -> None:
    """Ask for a run."""
    source = "api" if by.surface == "api" else "manual"
    operations.run_job(play.platform, by, job_id, source=source, ignore_guards=ignore_guards)


def _nights(play: Play, until: datetime) -> None:
    """Play the jobs of the night alone: a step at each of their moments, and none between."""
    for spec in DAILY:
        save(play, spec)
    while (due := _next(play)) and due < until:
        play.step(due)
        play.step(due + 2 * MINUTE)
    play.step(until)


def _next(play: Play) -> datetime | None:
    return min(
        (job.next_run_at for job in operations.overview(play.platform, ANA).next if job.next_run_at), default=None
    )


def _through(play: Play, moment: datetime, now: datetime) -> None:
    """Play on to `moment`, in finer steps where the charts look closely."""
    play.until(min(moment, now - FINE), timedelta(seconds=30))
    play.until(moment, timedelta(seconds=10))


def _last_two(now: datetime) -> datetime:
    """Return when it was last two at night in Jakarta, half an hour ago at least."""
    two = now.astimezone(ZoneInfo(JAKARTA)).replace(hour=2, minute=0, second=0)
    return (two if two + 30 * MINUTE < now else two - timedelta(days=1)).astimezone(UTC)


def _recount(play: Play) -> None:
    """Begin to count the warehouse, which takes the lane of the nightly report until after two."""
    run(play, "warehouse-recount", BUDI)


def _burst(play: Play) -> None:
    for _ in range(BURST):
        run(play, "image-resize", UPLOADS, ignore_guards=True)


def _deploy(play: Play) -> None:
    """Save the ledger's export anew: from then on it fails."""
    spec = next(spec for spec in STEADY if spec["job_id"] == "ledger-export")
    argv = [*spec["inputs"]["argv"], "--format", "csv"]
    save(play, spec | {"inputs": spec["inputs"] | {"argv": argv}})


def _pause(play: Play) -> None:
    operations.pause_flow(play.platform, BUDI, "invoices")


def _crash(play: Play) -> None:
    run(play, "thumbnail-import")


def _clean_up(play: Play) -> None:
    """Ask for a run that needs a decision, and let the other one decide."""
    run(play, "cleanup-exports")
    (asked,) = operations.list_approvals(play.platform, ANA, None, "cleanup-exports", 1).rows
    note = "looked at them, all are in the backup"
    operations.decide_approval(play.platform, BUDI, asked.approval_id, "approve", note)


def _refund(play: Play) -> None:
    run(play, "refund-batch")


def _agree(play: Play) -> None:
    (asked,) = operations.list_approvals(play.platform, BUDI, None, "refund-batch", 1).rows
    operations.decide_approval(play.platform, BUDI, asked.approval_id, "approve", "the three are right")


def _crawl(play: Play) -> None:
    """Crawl the whole catalogue as soon as the lane is free."""
    while operations.get_flow_group(play.platform, ANA, "crawl").active:
        play.step(play.clock.at + timedelta(seconds=10))
    run(play, "catalog-crawl", BUDI)


def _clean_up_again(play: Play) -> None:
    run(play, "cleanup-exports")


def _fall_silent(play: Play) -> None:
    """Let a third worker beat once, and never again."""
    at = play.clock.at
    beat(
        play.platform.store, ProcessBeat(SILENT, "worker", "batch-03", 4188, VERSION, at - 3 * HOUR, "idle", play.slots)
    )


AFTERNOON: tuple[tuple[timedelta, Callable[[Play], None]], ...] = (
    (95 * MINUTE, _burst),
    (DEPLOYED, _deploy),
    (62 * MINUTE, _pause),
    (60 * MINUTE, _crash),
    (41 * MINUTE, _clean_up),
    (19 * MINUTE, _refund),
    (16 * MINUTE, _agree),
    (14 * MINUTE, _crawl),
    (6 * MINUTE, _clean_up_again),
    (4 * MINUTE, _fall_silent),
)
"""What people did, and how long ago."""


def present(play: Play, since: timedelta = timedelta(hours=5)) -> None:
    """Let the processes of the play beat, all but a worker that fell silent."""
    at, host = play.clock.at, "batch-01"
    said = [
        ProcessBeat(
            "scheduler-batch-01-4101",
            "scheduler",
            host,
            4101,
            VERSION,
            at - since,
            "ticking every 0.25 s, last tick took 2 ms",
        )
    ]
    for name, busy in zip(WORKERS, ("1 run", "idle"), strict=True):
        words = name.split("-")
        said.append(
            ProcessBeat(name, "worker", "-".join(words[1:3]), int(words[3]), VERSION, at - since, busy, play.slots)
        )
    said.append(
        ProcessBeat("connector-batch-01-4140", "connector", host, 4140, VERSION, at - since, "telegram ops: online")
    )
    for one in said:
        beat(play.platform.store, one)
