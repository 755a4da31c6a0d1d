"""The server's clock jumps, is moved for DST, or goes on for hours without a scheduler."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import let_pass, rounds, schedule_jobs, wait_for_starts
from tests.faults.shifted_clock import ShiftedClock
from tests.waiting import wait_until

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = (HOUR, -HOUR, DAY, -DAY)
JOBS = 5
GAP_SEC = 6.0
"""Longer than schedulers may be silent before their slots count as missed."""
BEFORE = timedelta(seconds=4)
POLICIES = ("run_once", "skip", "run_all")


def jumping(deployment: Deployment, seconds: float) -> int:
    """Let the server's clock jump by an hour and by a day, forward and back; no living worker may lose a run by it."""
    clock = _clock(deployment)
    schedule_jobs(deployment, JOBS, work_ms=400)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    struck = 0
    for number in rounds(seconds):
        for jump in JUMPS:
            _wait_for_work(deployment)
            with deployment.client.turn:
                clock.jump(jump)
            deployment.put(f"fresh-{number}-{jump.total_seconds():.0f}", every=1)
            wait_for_starts(deployment, 6)
            struck += 1
    lost = deployment.events("run.lost")
    assert lost == 0, f"{lost} runs were taken from living workers"
    return struck


def eight_hours_without_a_scheduler(deployment: Deployment, seconds: float) -> int:
    """Stop every scheduler, let eight hours go by, and start them again: each slot of the gap is accounted for.

    Counts the slots of the gap. Hourly jobs show the three policies: the newest slot runs, none, all of them.
    """
    clock, struck = _clock(deployment), 0
    schedule_jobs(deployment, JOBS, work_ms=50)
    schedulers = deployment.start_all("scheduler", "scheduler", "worker", "worker")[:2]
    for number in rounds(seconds):
        wait_for_starts(deployment, 10)
        names = {policy: f"hourly-{policy}-{number}" for policy in POLICIES}
        for policy, name in names.items():
            deployment.put(name, schedule={"interval_sec": 3600, "misfire": policy})
        for scheduler in schedulers:
            deployment.kill(scheduler)
        with deployment.client.turn:
            clock.jump(8 * HOUR)
        let_pass(GAP_SEC)
        schedulers = deployment.start_all("scheduler", "scheduler")
        struck += sum(_is_accounted_for(deployment, policy, name) for policy, name in names.items())
    return struck


def _is_accounted_for(deployment: Deployment, policy: str, job_id: str) -> int:
    """Wait until the eight slots of the gap are decided as the policy says, and return how many there were."""

    def ran_and_missed() -> tuple[int, int]:
        rows = deployment.client.read(f"/jobs/{quote(job_id)}/decisions")
        return tuple(sum(row["count"] for row in rows if row["decision"] == word) for word in ("dispatched", "missed"))

    wanted = {"run_once": (1, 7), "skip": (0, 8), "run_all": (8, 0)}[policy]
    try:
        wait_until(lambda: ran_and_missed() == wanted, 30)
    except AssertionError:
        raise AssertionError(f"{job_id}: {ran_and_missed()} slots ran and were missed, not {wanted}") from None
    return sum(wanted)


def daylight_saving(deployment: Deployment, seconds: float) -> int:
    """Live through the changes of 2027 in three zones: what is skipped runs at the jump, what is repeated runs once.

    Counts the changes. `seconds` has no say in it: each change takes as long as it takes.
    """
    clock = _clock(deployment)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    for change in CHANGES:
        _live_through(deployment, clock, *change)
    return len(CHANGES)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CHANGES = (
    ("America/New_York", "30 2 * * *", _utc("2027-03-14T07:00"), None),
    ("Europe/Berlin", "30 2 * * *", _utc("2027-03-28T01:00"), None),
    ("Australia/Lord_Howe", "45 1 * * *", _utc("2027-04-03T14:45"), _utc("2027-04-03T15:15")),
    ("Australia/Lord_Howe", "10 2 * * *", _utc("2027-10-02T15:30"), None),
    ("Europe/Berlin", "30 2 * * *", _utc("2027-10-31T00:30"), _utc("2027-10-31T01:30")),
    ("America/New_York", "30 1 * * *", _utc("2027-11-07T05:30"), _utc("2027-11-07T06:30")),
)
"""Zone, expression, when it runs, and the same wall-clock time once more, at which it does not."""


def _live_through(
    deployment: Deployment, clock: ShiftedClock, zone: str, expression: str, runs_at: datetime, again: datetime | None
) -> None:
    name = f"once-{zone.partition('/')[2]}-{runs_at:%m}"
    pace = f"pace-{name}"
    _set(deployment, clock, runs_at - BEFORE)
    deployment.put(name, schedule={"cron": expression, "timezone": zone})
    wait_until(lambda: _slots(deployment, name) == [runs_at], 20)
    if again:
        deployment.put(pace, schedule={"cron": f"{again.minute} * * * *", "timezone": "UTC"})
        _set(deployment, clock, again - BEFORE)
        wait_until(lambda: again in _slots(deployment, pace), 20)
    wait_until(lambda: deployment.client.read(f"/jobs/{name}")["next_run_at"], 20)
    assert _slots(deployment, name) == [runs_at], f"{name} ran for {_slots(deployment, name)}"


def _set(deployment: Deployment, clock: ShiftedClock, at: datetime) -> None:
    with deployment.client.turn:
        clock.set(at)


def _slots(deployment: Deployment, job_id: str) -> list[datetime]:
    return sorted(_moments(deployment.client.read(f"/jobs/{job_id}/runs?limit=100")))


def _moments(rows: list[dict[str, Any]]) -> Iterator[datetime]:
    return (datetime.fromisoformat(row["slot_at"]) for row in rows if row["slot_at"])


def _wait_for_work(deployment: Deployment) -> None:
    """Wait until a run is active, so that the jump has somebody to strike."""
    store = deployment.platform.store
    wait_until(lambda: store.redis.zcard(store.keys.leases))


def _clock(deployment: Deployment) -> ShiftedClock:
    assert deployment.clock is not None, "this scenario moves the server's clock"
    return deployment.clock
