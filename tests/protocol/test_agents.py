"""What an agent's run writes is its worker's alone: the journal, and what is remembered; and it goes with the run."""

from __future__ import annotations

from runners.engine.agents.memory import Ended, Memory
from runners.engine.agents.step import Step, StepOutcome, Talk
from runners.engine.protocol import agents
from runners.engine.store.agent_memories import load_memory
from runners.engine.store.steps import load_journal, load_steps


def claimed(stage, max_retry=1):
    stage.queue(1, max_retry=max_retry)
    (one,) = stage.take(1)
    return one


def step(stage, number=1, outcome=StepOutcome.BEGUN):
    return Step(number, 0, "note", "note: hi", "it helps", outcome, stage.clock())


def journal(stage, one, *args, **more):
    return agents.journal(stage.store, (one.run_id, one.token), *args, **more)


def ended(stage, one, text="done"):
    return Ended("scout", one.run_id, 0, stage.clock(), text, None, 1, 100, 0.5)


def test_a_step_stands_before_it_is_done_and_after_with_what_was_said(stage):
    one, talk = claimed(stage), Talk({"text": "hi"})
    begun, done = step(stage), step(stage, outcome=StepOutcome.DONE)

    assert journal(stage, one, "begin", begun, talk, {"summary": "may I?"})
    assert load_journal(stage.store, one.run_id) == [(begun, talk)]
    assert journal(stage, one, "end", done, Talk({"text": "hi"}, "noted"))

    assert load_journal(stage.store, one.run_id) == [(done, Talk({"text": "hi"}, "noted"))]


def test_whoever_lost_the_run_journals_and_remembers_nothing(stage):
    old = claimed(stage)
    stage.clock.advance(seconds=31)
    stage.reap()
    waiting = journal(stage, old, "begin", step(stage), Talk())
    stage.clock.advance(seconds=60)
    stage.reap()
    (new,) = stage.take(worker="w2")

    assert not waiting and not journal(stage, old, "end", step(stage), Talk())
    claim = (old.run_id, old.token)
    assert agents.remember(stage.store, claim, Memory("scout"), ended(stage, old), over=True) == "stale"
    assert journal(stage, new, "begin", step(stage), Talk())
    assert len(load_steps(stage.store, new.run_id)) == 1 and load_memory(stage.store, "scout").version == 0


def test_a_memory_that_was_changed_meanwhile_is_read_again_before_it_is_written(stage):
    stage.queue(2)
    first, second = stage.take(2)
    before = load_memory(stage.store, "scout")

    def remember(one):
        return agents.remember(stage.store, (one.run_id, one.token), before, ended(stage, one), over=False)

    assert [remember(first), remember(second)] == ["ok", "changed"]

    assert load_memory(stage.store, "scout").executions == 1


def test_what_was_said_is_kept_as_long_as_the_run_may_go_on_and_no_longer(stage):
    stage.save("scout", type="agent.workflow", schedule=None)
    stage.ask("scout")
    (one,) = stage.take()
    claim, redis, keys = (one.run_id, one.token), stage.store.redis, stage.store.keys
    journal(stage, one, "begin", step(stage), Talk())

    agents.remember(stage.store, claim, load_memory(stage.store, "scout"), ended(stage, one), over=True)
    assert redis.exists(keys.talk(one.run_id)) == 1
    stage.finish(one)

    assert redis.exists(keys.talk(one.run_id)) == 0 and len(load_steps(stage.store, one.run_id)) == 1
