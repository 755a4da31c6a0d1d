"""Records that people keep: all changes of a call happen with their events, or none does."""

import pytest
from redis.exceptions import RedisError

from runners.engine.audit import Author, Entry
from runners.engine.errors import Stale
from runners.engine.events import EventType
from runners.engine.protocol import records as protocol
from runners.engine.protocol.records import Put, Remove, Said
from runners.engine.store import records
from runners.engine.store.records import load_record

UPSERTED = Said(EventType.INTEGRATION_MCP_SERVER_UPSERTED, {"server_id": "a"})
ENTRY = Entry(Author("ana", "api"), "mcp:a", None, {"url": "x"})
DELETED = Said(EventType.INTEGRATION_MCP_SERVER_DELETED, {"server_id": "a"})


def change(store, changes, events):
    return protocol.change(store, ENTRY, changes, events)


def keep_test(store, *about):
    return protocol.keep_test(store, ENTRY, *about)


def entries(stage):
    return stage.store.redis.zcard(stage.store.keys.audit)


def names(stage):
    return records.names(stage.store, "mcp")


def test_what_is_put_is_read_with_its_version_and_its_event(stage):
    (first,) = change(stage.store, [Put("mcp", "a", {"url": "x"})], [UPSERTED])
    stage.clock.advance(seconds=5)

    (second,) = change(stage.store, [Put("mcp", "a", {"url": "y"})], [UPSERTED])

    found = load_record(stage.store, "mcp", "a")
    assert (first, second, found.version, found.content) == (1, 2, 2, {"url": "y"})
    assert (found.updated_at - found.made_at).total_seconds() == 5
    assert stage.events("integration.") == ["integration.mcp_server_upserted"] * 2
    assert entries(stage) == 2


def test_a_version_is_never_given_again(stage):
    change(stage.store, [Put("mcp", "a", {})], [])
    change(stage.store, [Remove("mcp", "a")], [DELETED])

    assert load_record(stage.store, "mcp", "a") is None
    assert names(stage) == []
    assert change(stage.store, [Put("mcp", "a", {})], []) == [2]


@pytest.mark.parametrize(
    ("one", "fault"),
    [
        (Put("mcp", "a", {}, expected=0), "MCP server 'a' exists already, at version 1"),
        (Put("mcp", "a", {}, expected=2), "MCP server 'a' is at version 1 now"),
        (Remove("mcp", "a", expected=2), "MCP server 'a' is at version 1 now"),
        (Put("mcp", "gone", {}, expected=1), "MCP server 'gone' does not exist"),
    ],
)
def test_one_stale_change_keeps_back_all_others(stage, one, fault):
    change(stage.store, [Put("mcp", "a", {"old": True})], [])

    stale = ""
    try:
        change(stage.store, [Put("mcp", "b", {}), one, Put("mcp", "c", {})], [UPSERTED])
    except Stale as error:
        stale = str(error)

    assert fault in stale
    assert names(stage) == ["a"]
    assert load_record(stage.store, "mcp", "a").content == {"old": True}
    assert stage.events("integration.") == []
    assert entries(stage) == 1


def test_a_try_is_kept_for_the_version_that_was_tried_only(stage):
    change(stage.store, [Put("mcp", "a", {})], [])

    assert keep_test(stage.store, "mcp", "a", 1, {"ok": True})
    assert load_record(stage.store, "mcp", "a").tested == {"ok": True}
    change(stage.store, [Put("mcp", "a", {})], [])
    assert load_record(stage.store, "mcp", "a").tested is None
    assert not keep_test(stage.store, "mcp", "a", 1, {"ok": True})
    assert not keep_test(stage.store, "mcp", "gone", 1, {"ok": True})
    assert load_record(stage.store, "mcp", "gone") is None


def test_a_broken_record_is_named_and_breaks_no_list(stage):
    change(stage.store, [Put("mcp", name, {}) for name in "abc"], [])
    stage.store.redis.hset(stage.store.keys.record("mcp", "b"), "json", "{")

    page = records.list_records(stage.store, "mcp", 10)

    assert ([row.name for row in page.rows], page.unreadable, page.total) == (["a", "c"], ("b",), 3)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_full_server_takes_no_put_and_every_removal(stage):
    change(stage.store, [Put("mcp", "a", {}), Put("mcp", "b", {})], [])
    stage.store.redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(RedisError, match="memory"):
            change(stage.store, [Remove("mcp", "a"), Put("mcp", "c", {})], [DELETED, UPSERTED])
        assert names(stage) == ["a", "b"]
        assert change(stage.store, [Remove("mcp", "a")], [DELETED]) == [0]
    finally:
        stage.store.redis.config_set("maxmemory", "0")

    assert names(stage) == ["b"]
    assert stage.events("integration.") == ["integration.mcp_server_deleted"]
