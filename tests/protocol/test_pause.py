"""Pausing a job, a flow group, a priority or everything: nothing of it begins, nothing of it is forgotten."""

import pytest

from runners.engine.pause import Pause

TARGETS = ("job:daily", "flow:f", "queue:normal", "everything")
BLOCKERS = ("job", "flow:f", "queue:normal", "everything")
BOTH = pytest.mark.parametrize(("target", "blocker"), list(zip(TARGETS, BLOCKERS, strict=True)), ids=BLOCKERS)


@pytest.fixture(params=["streams-redis7", pytest.param("lists", marks=pytest.mark.slow)])
def mode(request):
    """Both transports: what is different is what workers take."""
    return request.param


def a_paused_slot(stage, target):
    stage.save(every=3600, flow="f")
    stage.pause(target)
    stage.tick(hours=1)


@BOTH
def test_a_paused_slot_is_held_and_names_what_pauses_it_since_when_and_by_whom(stage, target, blocker):
    began = stage.clock()

    a_paused_slot(stage, target)

    hold = stage.job().held.hold
    assert (hold.guard, hold.blocked_by, hold.observed, hold.limit) == ("paused", (blocker,), 1, 0)
    assert hold.pause == Pause(blocker, began, "ana")
    assert stage.store.redis.zcard(stage.store.keys.runs) == 0


@BOTH
def test_a_paused_job_is_looked_at_by_no_tick_and_goes_out_when_it_is_resumed(stage, target, blocker):
    a_paused_slot(stage, target)

    assert [stage.tick(hours=1) for _ in range(5)] == [{}] * 5
    stage.resume(target)

    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() is None
    skipped, went = stage.ledger()
    assert (skipped.split("|")[0], skipped.split("|")[3], skipped.split("|")[5]) == ("s", "5", "paused")
    assert went.startswith("d|")


@BOTH
def test_a_run_of_what_is_paused_is_refused_even_when_guards_are_passed_over(stage, target, blocker):
    stage.save(flow="f")
    stage.pause(target)

    assert stage.ask()[0] == stage.ask(key="2", ignore=True)[0] == "paused"


@BOTH
def test_pausing_and_resuming_twice_is_pausing_and_resuming_once(stage, target, blocker):
    stage.save(flow="f")
    first = stage.pause(target)
    stage.clock.advance(seconds=9)

    again = stage.pause(target, by="bob")

    assert (first.word, again.word) == ("ok", "same")
    assert again.pause == first.pause
    assert [stage.resume(target).word for _ in range(2)] == ["ok", "same"]
    kind = "queue" if target == "everything" else target.partition(":")[0]
    assert stage.events(kind + ".")[-2:] == [f"{kind}.paused", f"{kind}.resumed"]


@BOTH
def test_a_pause_between_facts_and_decision_is_seen(stage, target, blocker):
    stage.save(every=3600, flow="f")
    stage.clock.advance(hours=1)
    seen = stage.look()
    stage.pause(target)

    assert stage.act(seen) == {"daily": "paused"}
    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() == "paused"


@BOTH
def test_a_resume_between_facts_and_decision_forgets_no_slot(stage, target, blocker):
    stage.save(every=3600, flow="f")
    stage.pause(target)
    stage.clock.advance(hours=1)
    seen = stage.look()
    stage.resume(target)

    stage.act(seen)

    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() is None


@pytest.mark.parametrize("target", ["job:nobody", "flow:nobody", "drain:nobody", "stop:nobody"])
def test_what_does_not_exist_is_not_paused(stage, target):
    assert stage.pause(target).word == "gone"
    assert stage.events() == []


def test_a_second_pause_goes_on_holding_when_the_first_ends(stage):
    a_paused_slot(stage, "everything")
    stage.pause("queue:normal", by="bob")

    stage.resume("everything")
    stage.tick()

    assert stage.job().held.hold.blocked_by == ("queue:normal",)
    stage.resume("queue:normal")
    assert stage.tick() == {"daily": "ok"}
    assert stage.guard() is None


def test_all_that_pauses_a_job_is_named_in_order(stage):
    stage.save(flow="f")
    for target in TARGETS:
        stage.pause(target)
    stage.tick(seconds=10)

    hold = stage.job().held.hold
    assert (hold.blocked_by, hold.blocked_count, hold.observed) == (("everything", "queue:normal", "flow:f"), 4, 4)


def test_other_jobs_go_on(stage):
    stage.save("a", flow="f", priority="low")
    stage.save("b", flow="g")
    for target in ("job:a", "flow:f", "queue:low"):
        stage.pause(target)

    stage.tick(seconds=10)

    assert (stage.guard("a"), stage.guard("b")) == ("paused", None)


def test_workers_take_no_queued_run_of_a_paused_priority(stage):
    (low,) = stage.queue(1, "slow", priority="low")
    (normal,) = stage.queue(1)
    stage.pause("queue:low")

    assert [one.run_id for one in stage.take(5)] == [normal]
    assert [stage.take(1) for _ in range(9)] == [()] * 9

    stage.resume("queue:low")
    assert [one.run_id for one in stage.take(5)] == [low]


def test_the_eighth_take_serves_the_oldest_that_is_not_paused(stage):
    stage.queue(1, "slow", priority="low")
    stage.clock.advance(seconds=1)
    stage.queue(8)
    stage.pause("queue:low")

    assert {stage.take(1)[0].fields["priority"] for _ in range(8)} == {"normal"}


def test_runs_in_flight_end_and_an_attempt_comes_at_its_time_and_waits_in_its_paused_queue(stage):
    stage.save(max_retry=1)
    stage.ask()
    (running,) = stage.take()
    for target in ("job:daily", "queue:normal"):
        stage.pause(target)

    assert stage.fail(running) == "retrying"
    stage.clock.advance(seconds=2)
    stage.reap()

    assert stage.status(running.run_id) == "queued"
    assert stage.take() == ()
    stage.resume("queue:normal")
    assert [one.run_id for one in stage.take()] == [running.run_id]


def test_a_worker_that_drains_takes_nothing_while_others_do(stage):
    stage.store.redis.hset(stage.store.keys.process("w1"), "type", "worker")
    stage.queue(2)

    assert stage.pause("drain:w1").word == "ok"

    assert stage.take(1, "w1") == ()
    assert len(stage.take(1, "w2")) == 1
    assert stage.events("system.worker_draining") == ["system.worker_draining"]


def test_a_full_server_can_be_paused_and_resumed(stage):
    stage.save(flow="f")
    stage.store.redis.config_set("maxmemory", 1)

    try:
        words = [(stage.pause(target).word, stage.resume(target).word) for target in TARGETS]
    finally:
        stage.store.redis.config_set("maxmemory", 0)

    assert words == [("ok", "ok")] * 4


@pytest.mark.parametrize("text", ["1", "x|ana", "99999999999999999999|ana", "|", "\u0661|ana"])
def test_a_pause_that_cannot_be_read_pauses_all_the_same(stage, text):
    stage.save(every=3600)
    stage.store.redis.hset(stage.store.keys.paused, "queue:normal", text)

    stage.tick(hours=1)

    assert stage.guard() == "paused"
    assert stage.job().held.hold.pause.since is None
