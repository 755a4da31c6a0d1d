"""Telling: a run's progress and log reach the store while it is its worker's, within their limit, and never disturb it."""

import pytest

PROGRESS = '{"done":1,"total":2,"note":""}'


def claimed(stage, max_retry=0):
    stage.queue(1, max_retry=max_retry)
    (one,) = stage.take(1)
    return one


def test_progress_and_lines_reach_the_store_in_one_call(stage):
    one = claimed(stage)

    told = stage.tell(one, "first\n", PROGRESS)
    stage.tell(one, "second\n", allowed=told.allowed)

    assert (told.word, told.lost) == ("ok", 0)
    assert stage.run(one.run_id).progress == {"done": 1, "total": 2, "note": ""}
    assert stage.log(one.run_id) == "first\nsecond\n"
    assert stage.score(stage.store.keys.logs, one.run_id) == stage.clock()


def test_whoever_lost_the_run_writes_nothing_into_it(stage):
    old = claimed(stage, max_retry=1)
    stage.clock.advance(seconds=31)
    stage.reap()

    before = stage.tell(old, "late\n", PROGRESS)
    (new,) = stage.take(worker="w2")

    assert (before.word, stage.tell(old, "later\n").word) == ("stale", "stale")
    assert stage.tell(new, "mine\n").word == "ok"
    assert stage.log(old.run_id) == "mine\n"
    assert stage.run(old.run_id).progress is None


def test_last_words_may_follow_the_end_but_progress_may_not(stage):
    one = claimed(stage)
    stage.finish(one)

    stage.tell(one, "last words\n", PROGRESS)

    assert stage.log(one.run_id) == "last words\n"
    assert stage.run(one.run_id).progress is None


def test_a_log_is_cut_at_the_end_of_a_line_and_says_so(stage):
    most = 1024 + 100
    one = claimed(stage)

    told = stage.tell(one, "x" * 59 + "\n" + "y" * 59 + "\n", most=most, cut=b"cut here\n")

    assert (told.word, told.allowed, told.lost) == ("cut", 100, 60)
    assert stage.log(one.run_id) == "x" * 59 + "\ncut here\n"


def test_remarks_never_carry_a_log_past_its_limit(stage):
    most = 1024
    one = claimed(stage)

    for _ in range(20):
        stage.tell(one, "no room\n", most=most, cut=b"c" * 99 + b"\n")

    assert len(stage.log(one.run_id)) == 1000


def test_an_attempt_leaves_half_of_the_room_to_those_behind_it_and_the_last_takes_all(stage):
    most = 1024 + 400
    one = claimed(stage, max_retry=1)

    first = stage.tell(one, "x" * 199 + "\n" + "too much\n", most=most)
    stage.fail(one)
    stage.clock.advance(seconds=2)
    stage.reap()
    (again,) = stage.take(1)
    second = stage.tell(again, "y" * 199 + "\n" + "too much\n", most=most)

    assert [(told.word, told.allowed) for told in (first, second)] == [("cut", 200), ("cut", 400)]


@pytest.mark.parametrize("mode", ["streams-redis7", "streams-embedded", "lists"])
def test_a_full_store_takes_the_mark_of_a_gap_and_nothing_else(stage):
    one = claimed(stage)
    stage.store.redis.config_set("maxmemory", "1mb")
    try:
        words = [stage.tell(one, "lost\n", PROGRESS, gap=gap).word for gap in (b"gap\n", b"")]
        ended = stage.finish(one)
    finally:
        stage.store.redis.config_set("maxmemory", "0")

    assert (words, ended) == (["full", "full"], "success")
    assert stage.log(one.run_id) == "gap\n"
