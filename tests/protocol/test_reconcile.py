"""Messages are hints: whatever becomes of them, a queued run is found again, and at its old place in time."""

import pytest

from runners.engine.protocol import upkeep

STREAMS = pytest.mark.parametrize("mode", ["streams-redis7", "streams-embedded"])
LISTS = pytest.mark.parametrize("mode", ["lists", "memory"])


def queued_at(stage, names):
    return [stage.score(stage.store.keys.pending("normal"), name) for name in names]


def test_nothing_is_pushed_while_every_message_is_there(stage):
    stage.queue(3)
    stage.take()

    assert [stage.reconcile() for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("priority", ["critical", "normal", "low"])
def test_a_deleted_queue_is_filled_again_without_touching_the_waiting_time(stage, priority):
    names = stage.queue(3, priority=priority)
    before = stage.store.redis.zrange(stage.store.keys.pending(priority), 0, -1, withscores=True)
    stage.clock.advance(seconds=10)
    stage.lose_messages(priority)

    assert stage.reconcile() == 3

    assert stage.store.redis.zrange(stage.store.keys.pending(priority), 0, -1, withscores=True) == before
    assert {one.run_id for one in stage.take(5)} == set(names)


def test_running_runs_get_no_message(stage):
    stage.queue(1)
    stage.take()
    stage.lose_messages()

    assert stage.reconcile() == 0


def test_a_queued_retry_gets_its_message_back(stage):
    (name,) = stage.queue(1, max_retry=1)
    stage.fail(stage.take()[0])
    stage.clock.advance(seconds=1)
    stage.reap()
    stage.lose_messages()

    stage.reconcile()

    assert [one.run_id for one in stage.take()] == [name]


@STREAMS
def test_one_message_that_is_gone_from_the_middle_is_missed(stage):
    names = stage.queue(3)
    message = stage.store.redis.hget(stage.store.keys.run(names[1]), "message_id")
    stage.store.redis.xdel(stage.store.keys.stream("normal"), message)

    assert stage.reconcile() == 1
    assert len(stage.take(5)) == 3


@STREAMS
def test_a_trimmed_stream_is_made_whole(stage):
    stage.queue(5)
    stage.store.redis.xtrim(stage.store.keys.stream("normal"), maxlen=2, approximate=False)

    assert stage.reconcile() == 3
    assert stage.messages() == 5


@STREAMS
def test_a_message_that_a_foreign_reader_took_is_pushed_again(stage):
    (name,) = stage.queue(1)
    stage.reconcile()
    stage.store.redis.xreadgroup("workers", "stranger", {stage.store.keys.stream("normal"): ">"})

    assert stage.reconcile() == 1
    assert [one.run_id for one in stage.take(2)] == [name]


@LISTS
def test_a_message_that_was_popped_by_hand_is_missed_when_the_marker_has_passed(stage):
    names = stage.queue(3)
    stage.store.redis.rpop(stage.store.keys.queue_list("normal"))
    stage.clock.advance(seconds=5)
    stage.reconcile()  # the marker is on its way
    stage.queue(1, "later")
    taken = stage.take(3)

    assert names[0] not in {one.run_id for one in taken}
    assert stage.reconcile() == 1
    assert [one.run_id for one in stage.take()] == [names[0]]


@LISTS
def test_a_marker_that_was_lost_is_sent_again(stage):
    stage.queue(1)
    stage.reconcile()
    stage.store.redis.lpop(stage.store.keys.queue_list("normal"))  # the marker
    lost = stage.store.redis.rpop(stage.store.keys.queue_list("normal"))
    stage.queue(2, "later")
    for _ in range(30):  # the list is never empty
        stage.clock.advance(seconds=60)
        stage.reconcile()
        stage.take(1)
        stage.queue(1, f"n{stage.clock.at.timestamp()}")

    assert stage.status(lost) == "running"


@LISTS
def test_no_more_than_one_marker_travels_at_a_time(stage):
    stage.queue(1)

    for _ in range(5):
        stage.clock.advance(seconds=5)
        stage.reconcile()

    assert stage.messages() == 2


@LISTS
def test_a_foreign_marker_loses_nothing(stage):
    stage.push("#99999999999999")
    names = stage.queue(2)

    assert [one.run_id for one in stage.take(5)] == names
    assert stage.reconcile() == 0


def test_what_is_pushed_twice_is_run_once(stage):
    (name,) = stage.queue(1)
    for _ in range(3):
        stage.push(name)
    stage.reconcile()

    assert stage.work_off() == 1
    assert stage.take(5) == ()
    stage.reconcile()
    stage.take()
    assert stage.messages() <= 1  # a marker


def test_a_wake_up_that_was_lost_is_healed(stage):
    stage.queue(1, flow="f", flow_limit=1)
    stage.save("waits", every=3600, flow="f")
    stage.tick(hours=1)
    stage.store.redis.srem(stage.store.keys.active_of_flow("f"), stage.take()[0].run_id)
    stage.checking = False

    stage.reconcile()

    assert "waits" in stage.look()[0].regular
    stage.store.redis.sadd(
        stage.store.keys.active_of_flow("f"), *stage.store.redis.smembers(stage.store.keys.active_of_job("filler-0"))
    )


def test_lost_wake_ups_are_healed_in_batches(stage, monkeypatch):
    monkeypatch.setattr(upkeep, "BATCH", 1)
    stage.checking = False
    for group in ("f", "g"):
        stage.save(f"fills-{group}", schedule=None, flow=group, flow_limit=1)
        stage.ask(f"fills-{group}")
        stage.save(f"waits-{group}", every=3600, flow=group)
    stage.tick(hours=1)
    for group in ("f", "g"):
        stage.store.redis.delete(stage.store.keys.active_of_flow(group))

    woken = [stage.reconcile() or len(stage.look()[0].regular) for _ in range(2)]

    assert woken == [1, 2]


@STREAMS
def test_many_lost_messages_come_back_in_batches(stage):
    stage.checking = False
    stage.save(schedule=None, overlap=True)
    for number in range(12):
        stage.ask(key=str(number))
    stage.lose_messages()
    before, upkeep.BATCH = upkeep.BATCH, 5
    try:
        pushed = [stage.reconcile() for _ in range(5)]
    finally:
        upkeep.BATCH = before

    assert pushed == [5, 5, 2, 0, 0]


@LISTS
def test_a_marker_from_before_the_clock_was_set_back_is_not_waited_for(stage):
    (lost,) = stage.queue(1)
    stage.reconcile()
    stage.store.redis.delete(stage.store.keys.queue_list("normal"))
    stage.reap()
    stage.clock.advance(days=-1)
    stage.reap()
    stage.queue(2, "later")
    for _ in range(30):
        stage.clock.advance(seconds=60)
        stage.reconcile()
        stage.take(1)
        stage.queue(1, f"n{stage.clock.at.timestamp()}")

    assert stage.status(lost) == "running"
