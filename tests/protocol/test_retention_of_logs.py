"""Logs go by age, with their run, and before all else when the server is nearly full; each leaves a mark."""

import pytest
from redis.exceptions import NoPermissionError

from runners.engine import clock as clock_module
from runners.engine import operations
from runners.engine.log_line import log_line
from runners.engine.protocol import retention
from runners.engine.run import RunStatus
from tests.protocol.sweeping import sweep
from tests.store.making import ADMIN, claim, finished, save, start


@pytest.fixture(params=["streams-redis7", "memory"])
def mode(request):
    """A real server, and fakeredis."""
    return request.param


def told(platform, run):
    """Write a log for the run, as its worker does."""
    key, keys = platform.store.keys.log(run.run_id), platform.store.keys
    platform.store.redis.set(key, log_line(platform.store.now(), 0, "log", "hello"))
    platform.store.redis.zadd(keys.logs, {run.run_id: clock_module.to_ms(platform.store.now())})
    return key


def test_old_logs_go_and_leave_a_mark(clocked, clock):
    save(clocked)
    old, active = told(clocked, finished(clocked)), told(clocked, start(clocked))
    claim(clocked)
    clock.advance(days=14, seconds=1)
    young = told(clocked, finished(clocked))

    assert sweep(clocked) == 1
    texts = [text.partition("| ")[2] for text in clocked.store.redis.mget(old, active, young)]
    assert texts == ["this log was dropped: it was older than LOGS_KEPT_DAYS\n", "hello\n", "hello\n"]
    assert sweep(clocked) == 0


def test_silent_runs_that_go_on_keep_no_old_log_from_going(clocked, clock, monkeypatch):
    monkeypatch.setattr(retention, "LOGS_AT_ONCE", 2)
    save(clocked)
    active = [told(clocked, start(clocked)) for _ in range(3)]
    claim(clocked, 3)
    clock.advance(seconds=1)
    old = [told(clocked, finished(clocked)) for _ in range(3)]
    clock.advance(days=14, seconds=1)

    went = [sweep(clocked), sweep(clocked), sweep(clocked)]

    assert went == [2, 1, 0]
    assert all("dropped" in text for text in clocked.store.redis.mget(old))
    assert all("hello" in text for text in clocked.store.redis.mget(active))


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_server_that_is_nearly_full_gives_up_logs_first(platform):
    redis = platform.store.redis
    save(platform)
    run = finished(platform)
    ended, active = told(platform, run), told(platform, start(platform))
    used = redis.info("memory")["used_memory"]
    try:
        redis.config_set("maxmemory", int(used * 1.05))
        sweep(platform)
    finally:
        redis.config_set("maxmemory", 0)

    assert "this log was dropped: the store was nearly full" in redis.get(ended)
    assert "hello" in redis.get(active)
    assert operations.get_run(platform, ADMIN, run.run_id).status is RunStatus.SUCCESS


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_server_that_hides_how_full_it_is_is_swept_all_the_same(clocked, clock, monkeypatch):
    def hidden(*_):
        raise NoPermissionError("this user has no permissions to run the 'info' command")

    save(clocked)
    told(clocked, finished(clocked))
    clock.advance(days=20)
    monkeypatch.setattr(clocked.store.redis, "info", hidden)

    assert sweep(clocked) == 1


def test_the_log_goes_with_its_run(clocked, clock):
    save(clocked)
    key = told(clocked, finished(clocked))
    clock.advance(days=31)

    sweep(clocked)

    assert not clocked.store.redis.exists(key, clocked.store.keys.logs)
