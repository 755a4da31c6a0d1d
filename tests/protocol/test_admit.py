"""A run that somebody asks for passes through the same admission as a scheduled one."""

import pytest

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
