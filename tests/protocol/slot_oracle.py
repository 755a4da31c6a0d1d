"""Every slot that a job must have had, counted without the engine, and what its ledger says of each."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from runners.engine.decision import decode
from runners.engine.job import Job
from tests.engine.cron_oracle import HOUR, fires, read, stretch
from tests.protocol.stage import Stage


def expected_slots(job: Job) -> list[datetime]:
    """Return every slot from the job's anchor to before its cursor, in order."""
    schedule, cursor = job.spec.schedule, job.next_slot_at
    assert schedule is not None
    assert cursor is not None
    if schedule.interval is not None:
        count = -((job.anchor_at - cursor) // schedule.interval)
        slots = (job.anchor_at + number * schedule.interval for number in range(1, count + 1))
        return [slot for slot in slots if slot < cursor]
    assert schedule.cron is not None
    start = job.anchor_at.replace(second=0, microsecond=0) - 30 * HOUR
    seen = stretch(ZoneInfo(schedule.timezone), start, cursor + 30 * HOUR)
    return sorted(slot for slot in fires(read(schedule.cron), seen) if job.anchor_at < slot < cursor)


def slot_problems(stage: Stage, job_id: str) -> Iterator[str]:
    """Yield each slot of the job that has no decision, or more than one; a slot that is held now has none yet."""
    job = stage.job(job_id)
    slots = expected_slots(job)
    decided: Counter[datetime] = Counter([job.held.slot_at] if job.held else [])
    for row in map(decode, stage.ledger(job_id)):
        covered = [slot for slot in slots if row.slot_at <= slot <= row.last_slot_at]
        if len(covered) != row.count:
            yield f"{job_id}: {row} counts {row.count} of {len(covered)} slots"
        decided.update(covered)
    yield from (f"{job_id}: slot {slot} has {decided[slot]} decisions" for slot in slots if decided[slot] != 1)
    yield from (f"{job_id}: {slot} is no slot, but decided" for slot in decided.keys() - set(slots))


def runs_of_slots(stage: Stage, job_id: str) -> int:
    """Return how many runs came from slots of the job."""
    names = stage.store.redis.zrange(stage.store.keys.runs_of("job", job_id), 0, -1)
    return sum(stage.run(name).slot_at is not None for name in names)


def dispatched(stage: Stage, job_id: str) -> int:
    """Return how many slots the ledger says were dispatched."""
    return sum(row.count for row in map(decode, stage.ledger(job_id)) if row.outcome == "dispatched")


def late(job: Job, now: datetime) -> timedelta:
    """Return how far the cursor is behind `now`."""
    return now - job.next_slot_at if job.next_slot_at else timedelta()
