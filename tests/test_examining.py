"""A scheduler examines the deployment by itself, and soon when somebody asks."""

from dataclasses import replace

import pytest

from runners.engine import operations
from runners.engine.store.examination import EVERY
from runners.examining import Examining
from tests.store.making import ADMIN, finished, save

pytestmark = pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])


def test_what_is_broken_is_kept_with_its_words_until_the_next_look(platform):
    save(platform)
    run = finished(platform)
    platform.store.redis.hset(platform.store.keys.run(run.run_id), "token", 0)
    examining = Examining(platform, "scheduler-1")

    assert examining.step()

    found = operations.last_examination(platform, ADMIN)
    assert found.by == "scheduler-1" and found.at is not None
    assert any(fault.about == "I6" and run.run_id in fault.seen for fault in found.faults)


def test_it_looks_again_when_asked_or_after_a_while_and_one_at_a_time(clocked, clock):
    first, second = Examining(clocked, "a"), Examining(clocked, "b")
    clocked.store.redis.set(clocked.store.keys.examiner, "b", px=60_000)

    assert not first.step()
    clocked.store.redis.delete(clocked.store.keys.examiner)
    assert first.step()
    assert not second.step()
    clock.advance(seconds=1)
    operations.ask_examination(clocked, ADMIN)
    assert second.step()
    assert operations.last_examination(clocked, ADMIN).asked_at is None
    clock.advance(seconds=EVERY.total_seconds())
    assert first.step()


def test_a_policy_that_drops_keys_is_found(platform):
    redis = platform.store.redis
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        Examining(replace(platform), "a").step()
    finally:
        redis.config_set("maxmemory-policy", "noeviction")

    assert any("allkeys-lru" in fault.seen for fault in operations.last_examination(platform, ADMIN).faults)
