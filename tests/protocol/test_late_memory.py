"""What an agent's run came to counts once in its memory, whoever ended it: its handler, or what came instead of that."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from runners.agents import late
from runners.agents.late import remember_late
from runners.engine.agents.memory import Ended, Memory
from runners.engine.agents.step import Step, StepOutcome, Talk
from runners.engine.protocol import agents
from runners.engine.protocol.work import Ended as WorkEnded
from runners.engine.protocol.work import exchange
from runners.engine.run import FailureKind
from runners.engine.store.agent_memories import load_memory
from runners.upkeep import Upkeep
from tests.protocol.deciding import decide, finish_asking
from tests.protocol.stage import LEASE


@pytest.fixture(params=["streams-redis7", "lists-redis3", "memory"])
def mode(request):
    """Both transports, the oldest server, and the imitation."""
    return request.param


def asked(stage, **changes):
    """Ask for a run of an agent; return its id."""
    stage.save("scout", type="agent.workflow", schedule=None, **changes)
    _, name = stage.ask("scout", ignore=True)
    return name


def claimed(stage, **changes):
    asked(stage, **changes)
    (one,) = stage.take()
    return one


def remembered(stage, key="scout"):
    """Return the memory, once upkeep has been here and nothing is left for it."""
    Upkeep(stage.platform).step()
    assert remember_late(stage.store) == 0
    return load_memory(stage.store, key)


def by_handler(stage, one, failure=None, *, over=True, attempt=0):
    """Remember an end as the run's handler does, just before the run ends."""
    ended = Ended("scout", one.run_id, attempt, stage.clock(), "it is done", failure, 1, 100, 0.5)
    return agents.remember(stage.store, (one.run_id, one.token), load_memory(stage.store, "scout"), ended, over=over)


def fail(stage, one, kind, error, **more):
    """End a run as its worker does where the handler had no word in it."""
    result = json.dumps({"success": False, "output": None, "error": error, "duration_ms": 1})
    exchange(stage.store, "w1", LEASE, [WorkEnded(one.run_id, one.token, "failed", result, kind, error, **more)], 0)


def lose(stage):
    stage.clock.advance(seconds=31)
    return stage.reap()


def is_lost(stage):
    claimed(stage)
    lose(stage)


def is_stopped_by_force(stage):
    fail(stage, claimed(stage), FailureKind.TIMEOUT, "ran longer than its timeout of 30000 ms")


def has_crashed(stage):
    fail(stage, claimed(stage), FailureKind.CRASHED, "signal 11")


def has_expired(stage):
    asked(stage, expires_sec=5)
    stage.clock.advance(seconds=6)
    stage.reap()


def is_rejected(stage):
    one = claimed(stage)
    finish_asking(stage, one)
    assert decide(stage, one.run_id, "reject").word == "rejected"


def is_cancelled_while_it_waits(stage):
    one = claimed(stage)
    finish_asking(stage, one)
    stage.cancel(one.run_id)


def is_killed_while_it_is_cancelled(stage):
    one = claimed(stage)
    stage.cancel(one.run_id)
    lose(stage)


@pytest.mark.parametrize(
    ("ends", "signature", "text"),
    [
        (is_lost, "lost", "worker w1 stopped renewing its lease"),
        (is_stopped_by_force, "timeout", "ran longer than its timeout of 30000 ms"),
        (has_crashed, "crashed", "signal 11"),
        (has_expired, "expired", "waited longer than its expires_sec"),
        (is_rejected, "rejected", "rejected by boss"),
        (is_cancelled_while_it_waits, "rejected", "somebody cancelled it"),
        (is_killed_while_it_is_cancelled, "rejected", "somebody cancelled it"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_run_that_ends_without_its_handler_counts_once_by_the_kind_of_its_failure(stage, ends, signature, text):
    ends(stage)

    memory = remembered(stage)

    assert (memory.executions, memory.failures, memory.successes) == (1, 1, 0)
    assert [(one.line, one.count) for one in memory.signatures] == [(signature, 1)]
    assert text in memory.recent_failures[0].text and memory.recent_failures[0].at == stage.clock()
    assert stage.events("agent.") == ["agent.workflow_executed"]


def test_what_was_used_until_then_counts_as_well_under_the_key_that_the_job_names(stage):
    one = claimed(stage, inputs={"agent_key": "shop.watch"})
    step = Step(
        1, 0, "note", "note: hi", "it helps", StepOutcome.DONE, stage.clock(), tokens_in=70, tokens_out=30, cost=0.5
    )
    agents.journal(stage.store, (one.run_id, one.token), "end", step, Talk())
    lose(stage)

    memory = remembered(stage, "shop.watch")

    assert (memory.steps, memory.tokens, memory.cost) == (1, 100, 0.5)
    assert load_memory(stage.store, "scout") == Memory("scout")


@pytest.mark.parametrize("failure", [None, FailureKind.ERROR])
def test_a_worker_that_dies_between_what_is_remembered_and_the_end_of_the_run_counts_once(stage, failure):
    one = claimed(stage, max_retry=1)
    by_handler(stage, one, failure)
    lose(stage)
    (again,) = stage.take()
    assert by_handler(stage, again, failure, attempt=1) == "ok"
    stage.finish(again, "failed" if failure else "success")

    memory = remembered(stage)

    assert memory.executions == 1 and stage.events("agent.") == ["agent.workflow_executed"]


def test_an_attempt_that_is_made_again_counts_and_so_does_the_next_but_none_that_only_went_on_elsewhere(stage):
    crashed = claimed(stage, max_retry=3)
    fail(stage, crashed, FailureKind.CRASHED, "signal 11", retry_after=timedelta(seconds=1))
    stage.clock.advance(seconds=1)
    stage.reap()
    stage.take()
    lose(stage)
    (last,) = stage.take()
    by_handler(stage, last, attempt=2)
    stage.finish(last)

    memory = remembered(stage)

    assert (memory.executions, memory.failures, memory.successes) == (2, 1, 1)
    assert [one.attempt for one in memory.recent_failures + memory.recent_successes] == [0, 2]


def test_what_is_taken_back_before_it_began_or_between_two_attempts_is_no_execution_of_its_own(stage):
    stage.cancel(asked(stage))
    stage.clock.advance(seconds=1)
    one = claimed(stage, max_retry=1)
    fail(stage, one, FailureKind.CRASHED, "signal 11", retry_after=timedelta(seconds=1))
    stage.cancel(one.run_id)

    assert remembered(stage).executions == 1


def test_whoever_counts_late_does_it_once_however_many_there_are_and_whenever_they_die(stage, monkeypatch):
    has_crashed(stage)
    before, kept = load_memory(stage.store, "scout"), late.agents.remember_late

    def two(*args):
        """Another one has been here in the meantime, who died just after it."""
        assert kept(*args) == "ok"
        return kept(*args)

    monkeypatch.setattr(late.agents, "remember_late", two)

    memory = remembered(stage)

    assert before.version == 0 and memory.executions == 1


def test_a_memory_that_changes_meanwhile_is_read_again(stage, monkeypatch):
    one = claimed(stage, overlap=True)
    has_crashed_beside = stage.ask("scout", "2", ignore=True)[1]
    (other,) = stage.take()
    fail(stage, other, FailureKind.CRASHED, "signal 11")
    read = load_memory

    def slowly(store, key):
        found = read(store, key)
        monkeypatch.setattr(late, "load_memory", read)
        by_handler(stage, one)
        return found

    monkeypatch.setattr(late, "load_memory", slowly)

    memory = remembered(stage)

    assert (memory.executions, memory.successes) == (2, 1)
    assert memory.recent_failures[0].run_id == has_crashed_beside


def test_what_nobody_can_remember_stands_in_nobodys_way(stage):
    one = claimed(stage)
    fail(stage, one, FailureKind.CRASHED, "signal 11")
    redis, keys = stage.store.redis, stage.store.keys
    redis.zadd(keys.unremembered, {"no mark": 1, "run_gone|0|lost": 2, f"{one.run_id}|0|what": 3})
    redis.hset(keys.agent("broken"), "version", "1")
    stage.save("hidden", type="agent.workflow", schedule=None, inputs={"agent_key": "broken"})
    stage.ask("hidden", ignore=True)
    (other,) = stage.take()
    fail(stage, other, FailureKind.CRASHED, "signal 11")

    assert remembered(stage).executions == 1


def test_other_runs_owe_no_memory(stage):
    stage.save(schedule=None)
    stage.ask()
    stage.take()
    lose(stage)

    assert stage.store.redis.exists(stage.store.keys.unremembered) == 0
