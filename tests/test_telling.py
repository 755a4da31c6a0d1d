"""What a run tells reaches the store while it runs, whole at its end, and costs a silent run nothing."""

import threading
import time

import pytest
from redis.exceptions import ConnectionError as StoreGone

from runners import execution as context
from runners import telling
from runners.engine import operations
from runners.engine.log_line import read_line
from runners.execution import Execution
from tests.store.making import ADMIN, claim, save, start, succeed


@pytest.fixture
def mode():
    return "memory"


@pytest.fixture
def execution(platform):
    save(platform, retry_policy={"max_retry": 0, "backoff_sec": [1]})
    start(platform)
    telling.TALKING.clear()  # of executions that other tests of this process began and never ended
    yield Execution(platform, claim(platform)[0], time.monotonic())
    telling.TALKING.clear()


@pytest.fixture
def calls(monkeypatch):
    """Every call that brings something to the store."""
    made, original = [], telling.tell

    def tell(*arguments):
        made.append(arguments)
        return original(*arguments)

    monkeypatch.setattr(telling, "tell", tell)
    return made


def lines(execution):
    """Return the (stream, text) of the run's log as the store has it."""
    text = execution.platform.store.redis.get(execution.platform.store.keys.log(execution.run_id)) or ""
    return [(line.stream, line.text) for line in map(read_line, text.splitlines())]


def bring():
    for one in list(telling.TALKING.values()):
        one.bring()


BEGIN = ("run", "attempt 0 on worker-1")


def test_a_thousand_lines_cost_one_call(execution, calls):
    for number in range(1000):
        execution.log(f"line {number}")

    bring()

    assert lines(execution) == [BEGIN, *(("log", f"line {number}") for number in range(1000))]
    assert len(calls) == 1


def test_a_run_that_tells_nothing_costs_no_call(execution, calls):
    bring()
    execution.end_telling()

    assert calls == []


def test_the_log_is_whole_when_the_run_has_ended(execution):
    execution.write("stdout", "no end of line")
    execution.progress(9, 9)

    execution.end_telling()

    assert lines(execution) == [BEGIN, ("stdout", "no end of line")]
    assert operations.get_run(execution.platform, ADMIN, execution.run_id).progress["done"] == 9
    assert telling.TALKING == {}


def test_progress_that_nobody_can_show_fails_no_run_and_is_named_once(execution):
    execution.progress(1, 2, "kept")
    for _ in range(3):
        execution.progress(float("nan"), 2)
    execution.end_telling()

    assert lines(execution) == [BEGIN, ("log", "progress: done nan is not a number from 0")]
    assert operations.get_run(execution.platform, ADMIN, execution.run_id).progress["note"] == "kept"


def test_a_handler_that_was_left_behind_writes_no_more(execution):
    execution.log("in time")
    execution.end_telling(wait=False)

    execution.log("late")
    bring()

    assert lines(execution) == [BEGIN, ("log", "in time")]
    assert telling.TALKING == {}


def test_a_run_that_is_lost_keeps_nothing_for_its_log(execution, platform):
    execution.log("mine")
    platform.store.redis.hincrby(platform.store.keys.run(execution.run_id), "token", 1)
    bring()

    execution.log("not mine")
    bring()

    assert lines(execution) == []
    assert telling.TALKING == {}


def test_what_a_store_that_is_away_did_not_take_follows_in_its_order(execution, monkeypatch):
    execution.log("first")
    execution.progress(1, 3)
    with monkeypatch.context() as away:
        away.setattr(telling, "tell", gone)
        execution.end_telling()
    succeed(execution.platform, execution.claimed)

    bring()

    assert lines(execution) == [BEGIN, ("log", "first")]
    assert telling.TALKING == {}


def gone(*_):
    raise StoreGone("connection refused")


def test_a_log_that_is_cut_by_its_last_lines_counts_them_too(execution):
    for _ in range(15):
        execution.write("stdout", ("x" * 63 + "\n") * 1024)
    execution.leave_out(15_000_000)

    execution.end_telling()

    *_, mark, count = lines(execution)
    assert mark == ("run", telling.CUT)
    assert 15_000_000 < int(count[1].partition(" ")[0]) < 17_000_000


def test_what_was_left_out_on_the_way_is_counted_with_the_rest(execution):
    execution.log("kept")
    execution.leave_out(1000)

    execution.end_telling()

    assert lines(execution) == [BEGIN, ("log", "kept"), ("run", "1000 bytes are missing here")]


def test_a_hundred_megabytes_are_cut_marked_and_counted(execution, calls):
    for _ in range(100):
        for _ in range(16):
            execution.write("stdout", ("x" * 63 + "\n") * 1024)
        bring()
    execution.end_telling()

    *kept, mark, count = lines(execution)
    size = execution.platform.store.redis.strlen(execution.platform.store.keys.log(execution.run_id))
    assert 1000 * 1024 < size <= 1024 * 1024
    assert {text for stream, text in kept if stream == "stdout"} == {"x" * 63}
    assert mark == ("run", telling.CUT)
    assert count[1].endswith("bytes are missing here")
    assert len(calls) < 20


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_full_store_costs_a_run_its_lines_and_nothing_else(execution, platform):
    execution.log("lost")
    platform.store.redis.config_set("maxmemory", "1mb")
    try:
        bring()
        execution.log("lost too")
        execution.progress(1, 2)
        bring()
    finally:
        platform.store.redis.config_set("maxmemory", "0")
    execution.log("kept")
    execution.end_telling()
    succeed(platform, execution.claimed)

    first, gap, last = lines(execution)
    assert first == ("run", telling.GAP)
    assert gap[1].endswith("bytes are missing here")
    assert last == ("log", "kept")
    assert operations.get_run(platform, ADMIN, execution.run_id).status == "success"


class Door:
    """A lock before which the first who comes is held up, until it is opened for him."""

    def __init__(self):
        self.lock, self.comes, self.opens = threading.Lock(), threading.Event(), threading.Event()

    def __enter__(self):
        if not self.comes.is_set():
            self.comes.set()
            assert self.opens.wait(60)
        self.lock.acquire()

    def __exit__(self, *_):
        self.lock.release()


def test_a_thread_that_begins_to_tell_while_its_run_ends_tells_nothing_and_leaves_nothing(
    execution, calls, monkeypatch
):
    door = Door()
    monkeypatch.setattr(context, "BEGINNING", door)
    straggler = threading.Thread(target=execution.log, args=("too late",), daemon=True)
    straggler.start()
    assert door.comes.wait(60)

    execution.end_telling()
    door.opens.set()
    straggler.join(60)

    assert not straggler.is_alive()
    assert (telling.TALKING, calls) == ({}, [])
