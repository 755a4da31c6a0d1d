"""Finishing: the current token's holder says what became of a run, once."""

import json
from datetime import timedelta

import pytest
from redis.exceptions import ResponseError

from runners.engine.clock import to_ms
from runners.engine.protocol.work import Ended, exchange
from runners.engine.run import FailureKind
from runners.engine.store.job_index import RANKS, outcome_score
from runners.engine.store.runs import load_run, load_runs
from tests.protocol.stage import LEASE, RESULT


def claim(stage, **changes):
    """Queue one run of a job with `changes`, and claim it."""
    stage.save(schedule=None, **changes)
    stage.clock.advance(milliseconds=1)
    assert stage.ask()[0] == "ok"
    return stage.take()[0]


def test_a_claim_says_all_that_a_worker_needs(stage):
    claimed = claim(stage, inputs={"url": "x"})

    run = stage.run(claimed.run_id)
    assert (run.status, run.worker_id, run.started_at) == ("running", "w1", stage.clock())
    assert (claimed.token, claimed.fields["token"], claimed.fields["inputs"]) == (1, "1", '{"url":"x"}')
    assert json.loads(claimed.payload) == ["runners.perform.perform", None, [claimed.run_id], {}]
    assert stage.score(stage.store.keys.leases, claimed.run_id) == stage.clock() + LEASE


@pytest.mark.parametrize("outcome", ["success", "failed", "cancelled"])
def test_an_end_is_taken_once(stage, outcome):
    claimed = claim(stage)
    stage.clock.advance(seconds=3)

    words = [stage.finish(claimed, outcome), stage.finish(claimed, "success")]

    run = stage.run(claimed.run_id)
    assert words == [outcome, "stale"]
    assert (run.status, run.finished_at) == (outcome, stage.clock())
    assert [attempt.outcome for attempt in run.attempts] == [outcome]
    assert stage.events("run.")[-1] == "run.stale_result_refused"
    assert stage.store.redis.hget(stage.store.keys.metrics, "stale_results") == "1"


def test_a_zombies_end_is_refused_while_another_worker_runs_the_run(stage):
    zombie = claim(stage, max_retry=1)
    stage.clock.advance(seconds=31)
    stage.reap()
    (heir,) = stage.take(worker="w2")

    words = [stage.finish(zombie, "failed"), stage.finish(heir, "success", "w2")]

    assert (heir.token > zombie.token, heir.fields["redelivered"]) == (True, "1")
    assert words == ["stale", "success"]
    assert [(each.attempt, each.outcome, each.worker_id) for each in stage.run(heir.run_id).attempts] == [
        (0, "lost", "w1"),
        (1, "success", "w2"),
    ]


def test_a_failed_attempt_waits_its_time_and_keeps_its_place(stage):
    claimed = claim(stage, max_retry=1, flow="f", flow_limit=1)

    assert stage.finish(claimed, "failed", retry_after=timedelta(seconds=5)) == "retrying"

    run = stage.run(claimed.run_id)
    assert (run.status, run.attempt, run.attempts[0].outcome, run.attempts[0].error) == (
        "retrying",
        1,
        "failed",
        "it broke",
    )
    assert stage.ask(key="2")[0] == "flow_limit"
    assert stage.score(stage.store.keys.retries, claimed.run_id) == stage.clock() + timedelta(seconds=5)
    assert stage.store.redis.exists(stage.store.keys.memory("daily")) == 0


def test_there_are_no_more_attempts_than_max_retry_allows(stage):
    claimed = claim(stage, max_retry=2)
    words = []
    for _ in range(3):
        words.append(stage.finish(claimed, "failed", retry_after=timedelta(seconds=1)))
        stage.clock.advance(seconds=1)
        stage.reap()
        claimed = next(iter(stage.take()), claimed)

    assert words == ["retrying", "retrying", "failed"]
    assert [each.attempt for each in stage.run(claimed.run_id).attempts] == [0, 1, 2]
    assert stage.store.redis.hget(stage.store.keys.memory("daily"), "failures") == "1"


def test_a_run_that_is_given_back_uses_up_no_attempt(stage):
    claimed = claim(stage)

    assert stage.finish(claimed, "returned") == "queued"

    (again,) = stage.take(worker="w2")
    assert (again.token, again.fields["attempt"], again.fields["redelivered"]) == (2, "0", "1")
    assert stage.finish(claimed) == "stale"
    assert stage.finish(again, worker="w2") == "success"


@pytest.mark.parametrize("end", ["failed", "returned"])
def test_a_cancelled_run_does_not_start_again(stage, end):
    claimed = claim(stage, max_retry=3)
    assert stage.cancel(claimed.run_id) == "asked"

    word = stage.fail(claimed) if end == "failed" else stage.finish(claimed, "returned")

    assert word == "cancelled"
    assert stage.status(claimed.run_id) == "cancelled"


def test_a_batch_finishes_and_takes_in_one_step(stage):
    stage.queue(4)
    first, second = stage.take(2)
    ends = [Ended(one.run_id, one.token, "success", RESULT) for one in (first, second, first)]

    answer = exchange(stage.store, "w1", LEASE, ends, 10)

    assert answer.finished == ("success", "success", "stale")
    assert len(answer.taken) == 2
    assert stage.messages() == 0


def test_a_batch_that_breaks_half_way_keeps_the_books_of_what_it_has_ended(stage):
    stage.save("limited", schedule=None, flow="f", flow_limit=2)
    stage.save("broken", schedule=None)
    stage.ask("limited")
    stage.ask("broken")
    healthy, broken = stage.take(2)
    record, away = stage.store.keys.run(broken.run_id), "set aside"
    stage.store.redis.rename(record, away)
    stage.store.redis.set(record, "no hash")
    ends = [Ended(one.run_id, one.token, "success", RESULT) for one in (healthy, broken)]

    with pytest.raises(ResponseError):
        exchange(stage.store, "w1", LEASE, ends, 0)

    stage.store.redis.rename(away, record)
    stage.check()
    assert [stage.status(one.run_id) for one in (healthy, broken)] == ["success", "running"]


def test_ends_of_one_job_in_one_batch_are_remembered_in_their_order(stage):
    stage.save(schedule=None, overlap=True, threshold=2)
    for key in range(5):
        stage.ask(key=str(key), ignore=True)
    runs = stage.take(5)
    outcomes = ("success", "failed", "success", "failed", "failed")
    ends = [
        Ended(one.run_id, one.token, outcome, RESULT, FailureKind.ERROR if outcome == "failed" else None, "it broke")
        for one, outcome in zip(runs, outcomes, strict=True)
    ]

    exchange(stage.store, "w1", LEASE, ends, 0)

    assert stage.store.redis.hget(stage.store.keys.memory("daily"), "failures") == "2"
    assert stage.events("job.cooldown") == ["job.cooldown_started"]
    stage.check()


@pytest.mark.parametrize(
    ("kind", "counts"),
    [(kind, kind not in (FailureKind.EXPIRED, FailureKind.REJECTED)) for kind in FailureKind],
)
def test_failures_are_remembered_by_kind(stage, kind, counts):
    claimed = claim(stage)

    stage.finish(claimed, "failed", kind=kind, error='it said "no"')

    assert stage.run(claimed.run_id).failure_kind == kind
    assert stage.store.redis.exists(stage.store.keys.memory("daily")) == counts


def test_a_job_without_failure_memory_never_cools(stage):
    for _ in range(5):
        stage.finish(claim(stage, memory=False, threshold=1), "failed")

    assert stage.store.redis.exists(stage.store.keys.memory("daily")) == 0


def test_a_success_resets_what_is_remembered(stage):
    stage.finish(claim(stage, threshold=1), "failed")
    stage.clock.advance(seconds=120)

    stage.finish(claim(stage, threshold=1))

    assert stage.store.redis.hmget(stage.store.keys.memory("daily"), "failures", "cooldown_until") == ["0", ""]
    assert stage.events("job.cooldown") == ["job.cooldown_started", "job.cooldown_ended"]


def test_a_job_stands_by_how_its_last_run_ended_until_it_is_deleted(stage):
    redis, outcomes, scores = stage.store.redis, stage.store.keys.outcomes, []
    for outcome in RANKS:
        stage.finish(claim(stage), outcome)
        scores.append((redis.zscore(outcomes, "daily"), outcome_score(outcome, to_ms(stage.clock()))))
    claim(stage)

    assert redis.zscore(outcomes, "daily") == scores[-1][1]
    assert [found for found, _ in scores] == [told for _, told in scores]

    stage.delete("daily", even_if_active=True)
    assert redis.zscore(outcomes, "daily") is None


def test_the_end_of_a_deleted_jobs_run_leaves_nothing_beside_it(stage):
    claimed = claim(stage, threshold=1)
    stage.delete("daily", even_if_active=True)

    assert stage.finish(claimed, "failed") == "failed"

    keys = stage.store.keys
    beside = (keys.memory("daily"), keys.strip("daily"), keys.durations("daily"), keys.job("daily"))
    assert stage.store.redis.exists(*beside) == 0
    assert stage.store.redis.zscore(keys.outcomes, "daily") is None


@pytest.mark.parametrize("mode", ["streams-redis7", "lists"])
def test_a_full_server_takes_an_end_that_comes_behind_a_stale_one(stage):
    claimed, redis = claim(stage), stage.store.redis
    stale = Ended(claimed.run_id, claimed.token - 1, "success", RESULT)
    redis.config_set("maxmemory", 1)

    try:
        words = exchange(
            stage.store, "w1", LEASE, [stale, Ended(claimed.run_id, claimed.token, "success", RESULT)], 0
        ).finished
    finally:
        redis.config_set("maxmemory", 0)

    assert words == ("stale", "success")


def test_tracebacks_are_kept_by_attempt_for_whoever_reads_one_run(stage):
    claimed = claim(stage, max_retry=20)

    for number in range(12):
        stage.finish(claimed, "failed", retry_after=timedelta(), traceback=f"trace {number}")
        stage.reap()
        (claimed,) = stage.take()
    stage.finish(claimed)

    run = load_run(stage.store, claimed.run_id)
    assert [one.traceback for one in run.attempts] == ["", "", *(f"trace {number}" for number in range(2, 12)), ""]
    (listed,) = load_runs(stage.store, [run.run_id]).values()
    assert {one.traceback for one in listed.attempts} == {""}


def test_a_stale_end_leaves_no_traceback(stage):
    claimed = claim(stage)
    stage.finish(claimed)

    assert stage.finish(claimed, "failed", traceback="trace") == "stale"

    assert stage.store.redis.exists(stage.store.keys.tracebacks(claimed.run_id)) == 0
