"""Waiting for a run and claiming it in one call: what the server claimed counts, whatever the wait came to."""

import re
import threading

import pytest
from redis.exceptions import ResponseError

from runners.engine.protocol import scripts
from runners.engine.protocol.work import LATER_FIELDS, TOLD_FIELDS, claim_when_woken
from tests.protocol.stage import LEASE
from tests.waiting import wait_until

WAIT_SEC = 1


def claim(stage, take=5):
    return [one.run_id for one in claim_when_woken(stage.store, "w1", LEASE, take, WAIT_SEC).taken]


def test_what_came_before_the_wait_is_claimed_at_once(stage):
    names = stage.queue(2)

    assert claim(stage) == names
    assert [stage.run(name).worker_id for name in names] == ["w1", "w1"]


@pytest.mark.parametrize("mode", ["streams-redis7", "memory"])
def test_what_comes_during_the_wait_is_claimed(stage):
    claimed: list[str] = []
    stage.checking = False  # the store is read piece by piece, and somebody claims meanwhile
    waiter = threading.Thread(target=lambda: wait_until(lambda: claimed.extend(claim(stage)) or claimed), daemon=True)
    waiter.start()

    names = stage.queue(1)
    waiter.join(60)

    assert claimed == names
    stage.check()


@pytest.mark.parametrize("mode", ["streams-redis7", "lists"])
def test_a_server_that_forgot_the_script_gets_it_again(stage):
    names = stage.queue(1)
    stage.store.redis.script_flush()

    assert claim(stage) == names


def test_a_refused_wait_loses_no_claim_and_is_told_when_there_is_none(stage):
    names = stage.queue(1)
    stage.store.redis.delete(stage.store.keys.wake())
    stage.store.redis.set(stage.store.keys.wake(), "no list")

    assert claim(stage) == names
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        claim(stage)


@pytest.mark.parametrize(("name", "known"), [("TOLD_FIELDS", TOLD_FIELDS), ("LATER_FIELDS", LATER_FIELDS)])
def test_script_and_worker_know_the_same_fields(name, known):
    (listed,) = re.findall(rf"local {name} = \{{([^}}]*)\}}", scripts.text("exchange"))

    assert tuple(re.findall(r"'(\w+)'", listed)) == known
