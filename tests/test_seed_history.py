"""A seeded store is what the protocol would have left: doctor finds nothing, and runs that are acted out leave the same."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from runners.doctor.invariants import invariants
from runners.doctor.kinds import kinds
from runners.engine import clock
from runners.engine.audit import Author
from runners.engine.job import validate
from runners.engine.protocol import define
from runners.engine.protocol.work import Ended, cancel, exchange
from runners.engine.run import FailureKind
from runners.engine.store.keys import Keys
from scripts import seed_history
from scripts.seeding.history import CODES
from scripts.seeding.specs import planned
from tests.clocks import MovingClock
from tests.protocol.stage import Stage

pytestmark = pytest.mark.parametrize("mode", ["streams-redis7"])
JOBS = 60
"""Job 50 is one that fails."""


@pytest.fixture
def seeded(clocked: Any) -> Any:
    """A store whose jobs had a dozen runs each."""
    seed_history.seed(clocked, JOBS, 6, 12 * JOBS, 100_000)
    return clocked


def test_doctor_finds_nothing_wrong_with_a_seeded_store(seeded):
    wrong = [*kinds(seeded.store), *(finding for finding in invariants(seeded) if not finding.well)]

    assert wrong == []


def test_a_seeded_store_has_what_was_asked_for_and_some_of_everything(seeded):
    keys, redis = seeded.store.keys, seeded.store.redis

    ends = [redis.zcard(keys.runs_of("status", status)) for status in ("success", "failed", "cancelled")]

    assert (redis.zcard(keys.jobs), redis.zcard(keys.flows), redis.zcard(keys.runs)) == (JOBS, 6, 12 * JOBS)
    assert sum(ends) == 12 * JOBS
    assert all(ends)
    assert redis.zscore(keys.failing, planned(50, 6).job_id) >= 1
    assert redis.zcard(keys.held) > 0
    assert {"decisions|s|overlap", "decisions|s|pressure", "decisions|m|coalesced"} <= redis.hgetall(
        keys.metrics
    ).keys()


def test_a_store_with_jobs_is_left_alone(seeded):
    with pytest.raises(SystemExit, match="has jobs already"):
        seed_history.seed(seeded, 1, 0, 1, 1)


def test_runs_that_are_acted_out_leave_the_same_records(clocked):
    """Each job has one run here, so that it can be acted out alone, under another prefix, at the same moments."""
    seed_history.seed(clocked, 51, 0, 51, 100_000)
    acted, ends = Counter[str](), Counter[str]()

    for number in range(51):
        job_id = planned(number, 0).job_id
        record = clocked.store.redis.hgetall(clocked.store.keys.run(_last_run(clocked, job_id)))
        other = _act_out(clocked, number, record)
        acted.update({name: int(amount) for name, amount in other.redis.hgetall(other.keys.metrics).items()})
        ends[record["status"]] += 1
        assert _left(other, job_id) == _left(clocked.store, job_id)

    assert ends["failed"] > 0
    assert acted == {name: int(n) for name, n in clocked.store.redis.hgetall(clocked.store.keys.metrics).items()}


def _last_run(platform: Any, job_id: str) -> str:
    return str(platform.store.redis.hget(platform.store.keys.job(job_id), "last_run_id"))


def _act_out(platform: Any, number: int, record: dict[str, str]) -> Any:
    """Save the job, and let its one run happen at the moments that `record` tells, in keys of its own."""
    plan, run = planned(number, 0), record["trace_id"]
    moving = MovingClock(clock.from_ms(int(record["slot_at"]) - plan.interval_ms))
    store = replace(platform.store, clock=moving, keys=Keys(f"acted{number}:"))
    stage = Stage(replace(platform, store=store), moving, checking=False)
    author = Author("seeder", "system")
    define.save(store, validate(plan.raw, platform.catalog), True, None, author, moving())
    moving.at = clock.from_ms(int(record["created_at"]))
    assert stage.tick() == {plan.job_id: "ok"}
    moving.at = clock.from_ms(int(record["started_at"]))
    (taken,) = exchange(store, record["worker_id"], timedelta(seconds=60), [], 1).taken
    if record["status"] == "cancelled":
        cancel(store, run, author)
    moving.at = clock.from_ms(int(record["finished_at"]))
    exchange(store, record["worker_id"], timedelta(seconds=60), [_ended(record, taken.token)], 0)
    if number % seed_history.DISABLED_ONE_IN == seed_history.DISABLED_ONE_IN - 1:
        stage.enable(plan.job_id, False)
    return store


def _ended(record: dict[str, str], token: int) -> Ended:
    """Return the end as a worker tells it."""
    kind = FailureKind(record["failure_kind"]) if record.get("failure_kind") else None
    error = json.loads(record["error"]) if "error" in record else None
    return Ended(record["trace_id"], token, record["status"], record["result"], kind, error)


def _left(store: Any, job_id: str) -> dict[str, Any]:
    """Return what a job's run left: its record field by field, its places, and what is kept beside the job."""
    keys, redis = store.keys, store.redis
    job = redis.hgetall(keys.job(job_id))
    run = job["last_run_id"]
    indexes = (keys.runs, keys.runs_of("job", job_id), *(keys.runs_of("status", status) for status in CODES))
    standing = ("last_run_id", "last_status", "last_finished_at", "next_slot")
    events = [row.split("|", 1) for row in redis.zrange(keys.events, 0, -1) if f"|{job_id}|run_" in row]
    record = redis.hgetall(keys.run(run))
    group = record.pop("failure_group", "")  # a number that depends on which job failed first
    return {
        "record": record,
        "failure": (redis.hgetall(keys.failure(group)), redis.zscore(keys.failure_runs(group), run)),
        "places": [redis.zscore(key, run) for key in indexes],
        "job": {name: job[name] for name in standing},
        "due": redis.zscore(keys.due("regular"), job_id),
        "ledger": redis.lrange(keys.ledger(job_id), 0, -1),
        "strip": redis.lrange(keys.strip(job_id), 0, -1),
        "durations": redis.lrange(keys.durations(job_id), 0, -1),
        "memory": redis.hgetall(keys.memory(job_id)),
        "failing": redis.zscore(keys.failing, job_id),
        "events": [(int(number) // 1000, rest) for number, rest in events],
        "minutes": _minutes(store, record),
    }


def _minutes(store: Any, record: dict[str, str]) -> list[bool]:
    """Say for each moment of the run whether its minute was counted; several jobs share one."""
    moments = (int(record[name]) // 60_000 for name in ("created_at", "started_at", "finished_at"))
    return [bool(store.redis.exists(store.keys.minute(minute))) for minute in moments]
