"""Taking: which run goes next, and what becomes of messages that lead nowhere."""

import pytest


def priorities(taken):
    return [one.fields["priority"] for one in taken]


def test_critical_runs_are_taken_first_and_each_priority_in_its_order(stage):
    low = stage.queue(2, "l", priority="low")
    normal = stage.queue(2, "n")
    critical = stage.queue(2, "c", priority="critical")

    taken = [one.run_id for one in stage.take(6)]

    assert taken == critical + normal + low


def test_every_eighth_take_serves_the_oldest_whatever_its_priority(stage):
    stage.queue(1, "l", priority="low")
    stage.clock.advance(milliseconds=1)
    stage.queue(20, "c", priority="critical")

    taken = priorities(stage.take(9))

    assert taken == ["critical"] * 7 + ["low"] + ["critical"]


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 3, 16, 40])
def test_the_eighth_is_counted_by_runs_however_many_are_taken_at_once(stage, batch):
    stage.queue(5, "l", priority="low")
    stage.clock.advance(milliseconds=1)
    stage.queue(35, "c", priority="critical")

    taken = [priority for _ in range(40 // batch + 1) for priority in priorities(stage.take(batch))]

    assert [number for number, priority in enumerate(taken, 1) if priority == "low"] == [8, 16, 24, 32, 40]


def test_a_batch_takes_the_oldest_first_and_leaves_the_rest(stage):
    names = stage.queue(10)

    first, second = stage.take(4), stage.take(20)

    assert [one.run_id for one in (*first, *second)] == names


def test_dead_messages_in_a_batch_cost_no_place_in_it(stage):
    dead = stage.queue(3, "dead")
    for name in dead:
        stage.cancel(name)
        stage.push(name)
    alive = stage.queue(3, "alive")

    assert [one.run_id for one in stage.take(3)] == alive
    assert stage.messages() <= 3


def test_the_eighth_is_counted_over_all_workers(stage):
    stage.queue(1, "l", priority="low")
    stage.clock.advance(milliseconds=1)
    stage.queue(20, "c", priority="critical")

    taken = [stage.take(worker=f"w{turn % 3}")[0].fields["priority"] for turn in range(8)]

    assert taken.index("low") == 7


def test_nothing_is_taken_while_everything_is_paused(stage):
    stage.queue(1)
    stage.store.redis.set(stage.store.keys.suspended, "1")

    assert stage.take() == ()


def test_an_empty_queue_gives_nothing(stage):
    assert stage.take(3) == ()


@pytest.mark.parametrize(
    "message", ["", "no-such-run", "run_2_x", "x" * 10_000, "../../job:daily", "#", "#12x", "\x00"]
)
def test_an_unknown_message_is_refused_and_the_next_is_taken(stage, message):
    from runners.engine.protocol.work import exchange
    from tests.protocol.stage import LEASE

    stage.push(message)
    (name,) = stage.queue(1)

    answer = exchange(stage.store, "w1", LEASE, [], 1)

    assert [one.run_id for one in answer.taken] == [name]
    assert answer.refused == (message,)
    assert stage.store.redis.hget(stage.store.keys.metrics, "refused_messages") == "1"


@pytest.mark.parametrize("mode", ["streams-redis7", "streams-embedded"])
@pytest.mark.parametrize("fields", [{"job": "x"}, {"x": "1", "run": "y"}, {"": ""}])
def test_foreign_fields_in_a_stream_are_refused(stage, fields):
    stage.store.redis.xadd(stage.store.keys.stream("normal"), fields)
    (name,) = stage.queue(1)

    assert [one.run_id for one in stage.take()] == [name]
    assert stage.messages() == 0


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_take_drops_no_message_that_was_not_read(stage):
    names, stream = stage.queue(5), stage.store.keys.stream("normal")
    stage.take(1)
    stage.store.redis.xreadgroup("workers", "a-stranger", {stream: ">"}, count=1)

    taken = [one.run_id for _ in range(2) for one in stage.take(1)]

    assert taken == names[2:4]
    left = [entry["run"] for _, entry in stage.store.redis.xrange(stream)]
    assert left[-1] == names[4]
    assert len(left) == 2, "what the stranger has read, or one of ours in its place, stays until his name is forgotten"


def test_a_doubled_message_starts_nothing_twice(stage):
    (name,) = stage.queue(1)
    stage.push(name)

    (claimed,) = stage.take(2)
    assert stage.take(1, "w2") == ()
    stage.finish(claimed)

    assert stage.messages() == 0
    assert stage.run(name).attempts[0].outcome == "success"


def test_a_message_of_another_priority_starts_nothing(stage):
    (name,) = stage.queue(1, priority="low")
    stage.push(name, "critical")

    assert [one.run_id for one in stage.take(2)] == [name]


def test_a_message_for_a_run_that_waits_for_its_retry_starts_nothing(stage):
    stage.queue(1, max_retry=1)
    (claimed,) = stage.take()
    stage.fail(claimed)
    stage.push(claimed.run_id)

    assert stage.take() == ()
    assert stage.status(claimed.run_id) == "retrying"


def test_an_expired_run_is_not_started_however_late_the_upkeep_is(stage):
    stage.save(schedule=None, expires_sec=60)
    _, name = stage.ask()
    (other,) = stage.queue(1)

    stage.clock.advance(seconds=60)

    assert [one.run_id for one in stage.take(2)] == [other]
    assert (stage.run(name).status, stage.run(name).failure_kind) == ("failed", "expired")


def test_a_run_that_has_started_in_time_expires_no_more(stage):
    stage.save(schedule=None, expires_sec=60)
    stage.ask()
    (claimed,) = stage.take()
    stage.clock.advance(seconds=61)
    stage.finish(claimed, "returned")

    stage.reap()

    assert [one.run_id for one in stage.take()] == [claimed.run_id]


@pytest.mark.parametrize("mode", ["streams-redis7", "streams-embedded"])
def test_a_lost_consumer_group_is_made_again(stage):
    stage.queue(1)
    stage.take()
    stage.queue(1, "second")
    stage.store.redis.xgroup_destroy(stage.store.keys.stream("normal"), "workers")

    assert len(stage.take(5)) == 1
    assert stage.messages() == 0
