"""Sessions of browsers in the store: begun whole, kept only while they live, and ended for good."""

from datetime import timedelta

import pytest

from runners.engine.audit import Author
from runners.engine.protocol import sessions
from runners.engine.protocol.sessions import Limits
from runners.engine.store import sessions as stored
from runners.engine.store.sessions import KEPT, Session

LIMITS = Limits(idle=timedelta(hours=8), life=timedelta(days=7))
ANA = Author("ana", "page")
EVERYWHERE = pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3", "memory"])
WHO = {"owner": "person:aaaa", "kind": "person", "id": "aaaa", "version": "1", "subject": "ana", "role": "viewer"}
MADE = {**WHO, "how": "password", "browser": "", "address": "", "content": "{}"}


def begin(stage, digest: str, before: str = "") -> None:
    sessions.begin(stage.store, ANA, digest, MADE, LIMITS, before)


def find(stage, digest: str) -> Session | None:
    found = stored.find(stage.store, digest, LIMITS.idle)
    return found and found[0]


def living(stage) -> list[str]:
    return sorted(one.digest for one in stored.of_owner(stage.store, "person:aaaa", LIMITS.idle))


@EVERYWHERE
def test_a_session_is_read_as_it_was_begun(stage):
    begin(stage, "d1")

    found = find(stage, "d1")

    assert found is not None
    assert {name: str(getattr(found, name)) for name in MADE} == MADE
    assert (found.seen_at, found.ends_at) == (found.began_at, found.began_at + LIMITS.life)
    assert living(stage) == ["d1"]


@EVERYWHERE
def test_a_session_takes_the_place_of_the_one_before(stage):
    begin(stage, "d1")

    begin(stage, "d2", before="d1")

    assert find(stage, "d1") is None
    assert living(stage) == ["d2"]


@EVERYWHERE
def test_what_has_ended_is_not_kept_alive_by_a_late_request(stage):
    begin(stage, "d1")
    late = find(stage, "d1")
    assert late is not None
    assert sessions.end(stage.store, ANA, [late]) == 1

    assert sessions.keep(stage.store, late, LIMITS, used=True, content="{}") is False

    assert stage.store.redis.exists(stage.store.keys.session("d1")) == 0
    assert sessions.end(stage.store, ANA, [late]) == 0


@EVERYWHERE
def test_use_keeps_a_session_for_its_idle_time_and_never_beyond_its_end(stage):
    begin(stage, "d1")
    used = find(stage, "d1")
    assert used is not None

    for _ in range(27):
        stage.clock.advance(hours=6)
        assert sessions.keep(stage.store, used, LIMITS, used=True, content=None)
        assert find(stage, "d1") is not None
    stage.clock.advance(hours=6)

    assert find(stage, "d1") is None
    assert not sessions.keep(stage.store, used, LIMITS, used=True, content=None)


@EVERYWHERE
def test_new_content_is_no_use(stage):
    begin(stage, "d1")
    used = find(stage, "d1")
    assert used is not None
    stage.clock.advance(hours=5)
    assert sessions.keep(stage.store, used, LIMITS, used=False, content='{"a":1}')
    kept = find(stage, "d1")
    assert kept is not None and kept.content == '{"a":1}'

    stage.clock.advance(hours=3)

    assert find(stage, "d1") is None


@EVERYWHERE
def test_the_oldest_of_too_many_goes(stage):
    for number in range(KEPT + 2):
        begin(stage, f"d{number:02}")
        stage.clock.advance(seconds=1)

    assert living(stage) == [f"d{number:02}" for number in range(2, KEPT + 2)]
    assert find(stage, "d00") is None and find(stage, "d01") is None


@EVERYWHERE
def test_a_record_that_cannot_be_read_lets_nobody_in(stage):
    for broken in ({"role": "owner"}, {"version": "x"}, {"ends_at": ""}, {"began_at": "1" + "0" * 40}):
        begin(stage, "d1")
        stage.store.redis.hset(stage.store.keys.session("d1"), *next(iter(broken.items())))
        assert find(stage, "d1") is None, broken


@pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])
def test_a_full_server_lets_people_in_and_out(stage):
    begin(stage, "d1")
    redis = stage.store.redis
    redis.config_set("maxmemory", 1)
    try:
        begin(stage, "d2", before="d1")
        found = find(stage, "d2")
        assert found is not None
        assert sessions.keep(stage.store, found, LIMITS, used=True, content='{"a":1}')
        assert sessions.end(stage.store, ANA, [found]) == 1
    finally:
        redis.config_set("maxmemory", 0)
