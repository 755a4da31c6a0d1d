"""A run that somebody asks for passes through the same admission as a scheduled one."""

from datetime import timedelta

import pytest

from runners.engine.decision import LEDGER_KEPT, decode, dispatched, encode, replay
from runners.engine.guards import Hold
from runners.engine.protocol.dispatch import refuse
from runners.engine.store.ledger import read_ledger
from tests.protocol.jobs import START
from tests.protocol.test_dispatch_guards import RACES


def test_an_admitted_run_waits_like_any_other(stage):
    stage.save()

    word, name = stage.ask()

    run = stage.run(name)
    assert (word, run.status, run.source, run.slot_at, run.actor) == ("ok", "queued", "manual", None, "ana")
    assert stage.store.redis.zrange(stage.store.keys.runs_of("source", "manual"), 0, -1) == [name]


def test_the_same_call_twice_names_the_same_run(stage):
    stage.save(overlap=True)

    assert [stage.ask()[0], stage.ask()[0], stage.ask(key="2")[0]] == ["ok", "exists", "ok"]
    assert stage.messages() == 2


def test_a_job_that_is_gone_by_now_gets_no_run(stage, monkeypatch):
    stage.save()
    job = stage.job()
    stage.delete("daily")
    monkeypatch.setattr(type(stage), "job", lambda *_: job)

    assert stage.ask()[0] == "gone"


@pytest.mark.parametrize("guard", RACES)
def test_every_guard_refuses_in_the_step_that_would_create_the_run(stage, guard):
    stage.save(threshold=1, flow="f", flow_limit=2 if guard == "overlap" else 1)
    RACES[guard](stage)

    word, name = stage.ask(key="2")

    assert (word, stage.status(name)) == (guard, "None")


@pytest.mark.parametrize("guard", RACES)
def test_ignoring_guards_passes_over_cooldown_and_pressure_only(stage, guard):
    stage.save(threshold=1, flow="f", flow_limit=2 if guard == "overlap" else 1)
    RACES[guard](stage)

    word, _ = stage.ask(key="2", ignore=True)

    assert word == ("ok" if guard in ("cooldown", "pressure") else guard)


def test_a_disabled_job_runs_when_somebody_asks(stage):
    stage.save(enabled=False)

    assert stage.ask()[0] == "ok"


def test_a_queued_runs_life_is_counted_from_its_creation(stage):
    stage.save(expires_sec=60)

    _, name = stage.ask()

    assert (stage.run(name).expires_at - stage.clock()).total_seconds() == 60


def test_an_admitted_run_has_its_row_in_the_ledger(stage):
    stage.save()

    _, name = stage.ask()

    (row,) = map(decode, stage.ledger(asked=True))
    assert (row.outcome, row.source, row.run_id, row.slot_at, row.count) == ("dispatched", "manual", name, START, 1)
    assert replay(row).same


def test_the_same_request_has_one_row(stage):
    stage.save(overlap=True)

    stage.ask()
    stage.ask()

    assert len(stage.ledger(asked=True)) == 1


def test_refusals_that_repeat_are_one_row_with_a_count(stage):
    stage.save()
    stage.ask()

    for _ in range(3):
        stage.clock.advance(seconds=1)
        stage.refuse()

    went, refused = map(decode, stage.ledger(asked=True))
    assert (refused.outcome, refused.reason, refused.source, refused.count) == ("skipped", "overlap", "manual", 3)
    assert (refused.last_slot_at - refused.slot_at, refused.blocked_by) == (timedelta(seconds=2), (went.run_id,))
    assert replay(refused).same


def test_a_refusal_is_no_skip_of_a_slot(stage):
    stage.save()
    stage.ask()
    stage.tick(seconds=10)
    stage.tick(seconds=10)

    stage.refuse()
    stage.tick(seconds=10)

    rows = [(row.source, row.outcome.value, row.count) for row in map(decode, stage.ledger(asked=True))]
    assert rows == [
        ("manual", "dispatched", 1),
        ("schedule", "skipped", 1),
        ("manual", "skipped", 1),
        ("schedule", "skipped", 1),
    ]
    assert stage.store.redis.llen(stage.store.keys.strip("daily")) == 2


def test_a_refusal_of_a_job_that_is_gone_leaves_nothing(stage):
    stage.save()
    job = stage.job()
    stage.delete("daily")

    refuse(stage.store, job.job_id, "manual", Hold("overlap", 1, 1), "")

    assert stage.ledger(asked=True) == []


def test_a_full_ledger_drops_its_oldest_rows_and_counts_them(stage):
    stage.save(overlap=True)
    stage.checking = False
    row = encode(dispatched(START - timedelta(days=1), START, "run_x"))
    stage.store.redis.rpush(stage.store.keys.ledger("daily"), *[row] * (LEDGER_KEPT - 1))

    for key in "123":
        stage.ask(key=key)

    found = read_ledger(stage.store, "daily", 2)
    assert (found.kept, found.dropped, len(found.decisions)) == (LEDGER_KEPT, 2, 2)
    assert found.complete_since == START - timedelta(days=1)
