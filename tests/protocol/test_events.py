"""Events: one order for all processes, whatever the clocks do."""

import json

from runners.engine.events import EventType
from runners.engine.protocol.scripts import call


def rows(stage):
    return [row.split("|", 4) for row in stage.store.redis.zrange(stage.store.keys.events, 0, -1)]


def write(stage, text, job=""):
    return int(call(stage.store, "event", "telegram.command.received", job, "", json.dumps({"text": text})))


def test_an_id_tells_the_time_and_orders_what_happens_at_once(stage):
    ids = [write(stage, str(number)) for number in range(3)]

    now = int(stage.clock().timestamp() * 1000)
    assert ids == [now * 1000, now * 1000 + 1, now * 1000 + 2]


def test_ids_rise_when_the_clock_steps_back(stage):
    first = write(stage, "a")
    stage.clock.advance(days=-1)

    assert write(stage, "b") == first + 1


def test_any_text_comes_back(stage):
    write(stage, 'a|b "c" \n é \u202e')

    assert json.loads(rows(stage)[0][4]) == {"text": 'a|b "c" \n é \u202e'}


def test_a_jobs_events_are_indexed(stage):
    stage.save("a")
    stage.save("b")

    assert stage.store.redis.zcard(stage.store.keys.events_of_job("a")) == 1


def test_a_runs_life_is_told_in_order(stage):
    stage.save(max_retry=1)
    stage.tick(seconds=10)
    stage.fail(stage.take()[0])
    stage.clock.advance(seconds=1)
    stage.reap()
    stage.finish(stage.take()[0])

    assert stage.events("run.") == [
        "run.queued",
        "run.started",
        "run.retry_scheduled",
        "run.queued",
        "run.started",
        "run.completed",
    ]


def test_scripts_tell_no_event_that_has_no_name(stage):
    stage.save(every=10, threshold=1, max_retry=1)
    stage.tick(seconds=10)
    stage.tick(seconds=10)
    stage.take()
    stage.clock.advance(seconds=31)
    stage.reap()
    stage.finish(stage.take()[0], "failed")
    stage.tick(hours=1)
    stage.delete("daily", even_if_active=True)

    assert {row[1] for row in rows(stage)} <= set(EventType)
