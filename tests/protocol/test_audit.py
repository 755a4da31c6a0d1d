"""The audit chain: a change and its entry happen in one step, or neither does; nothing is written behind a wrong head."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.exceptions import ResponseError

from runners.engine.audit import Author, Entry, Head, Key, Row, derive
from runners.engine.audit_check import Check
from runners.engine.errors import StoreAway
from runners.engine.protocol import audit as protocol
from runners.engine.protocol import audit_upkeep
from runners.engine.protocol import pause as pausing
from runners.engine.store import audit
from runners.engine.store.connection import Store
from runners.engine.store.flow_groups import own_limit
from runners.engine.store.seal import Seal
from tests.protocol.stage import AUTHOR, Stage


def faults(stage: Stage, *keys: Key) -> list[str]:
    """Return what a check of the chain names."""
    check = Check(keys or stage.store.seal.keys)
    check.expect(Head.read(audit.head(stage.store)), "the head")
    for text, place in audit.walk(stage.store):
        check.feed(text, place)
    return [str(fault) for fault in check.finish()]


def chain(stage: Stage) -> list[Row]:
    return [Row.read(row) for row in stage.store.redis.zrange(stage.store.keys.audit, 0, -1)]


def holds_together(rows: list[Row], stage: Stage) -> bool:
    before, (key, *_) = "", stage.store.seal.keys
    for number, row in enumerate(rows, 1):
        if row.number != number or not row.follows(before, key):
            return False
        before = row.seal
    return True


def test_a_change_and_its_entry_are_one_step(stage: Stage) -> None:
    stage.save()
    stage.pause()

    rows = chain(stage)
    assert len(rows) == 2
    assert holds_together(rows, stage)
    first, second = rows
    assert '"object":"job:daily"' in first.payload
    assert '"before":{"paused":false}' in second.payload
    assert Head.read(stage.store.redis.get(stage.store.keys.audit_head)) == second.head


def test_what_changes_nothing_leaves_no_entry(stage: Stage) -> None:
    stage.save()
    stage.pause()
    stage.pause()
    stage.limit_flow("f", 0)
    stage.cancel("run_x")

    assert len(chain(stage)) == 2


@pytest.mark.parametrize("mode", ["streams-redis7", "lists", "memory"])
def test_a_head_that_moved_is_learned_and_the_change_is_sealed_anew(stage: Stage) -> None:
    stage.save()
    other = replace(stage.store, seal=Seal(lambda: stage.store.seal.keys))

    pausing.pause(other, ("job", "daily"), AUTHOR)
    assert holds_together(chain(stage), stage)
    stage.resume()

    assert holds_together(chain(stage), stage)
    assert len(chain(stage)) == 3


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_writers_side_by_side_lose_nothing_and_fork_nothing(stage: Stage) -> None:
    stage.checking = False
    writers = [replace(stage.store, seal=Seal(lambda: stage.store.seal.keys)) for _ in range(3)] * 2
    words: list[str] = []

    def write(store: Store, number: int) -> None:
        for limit in range(1, 21):
            words.append(pausing.limit_flow(store, f"g{number}", limit, AUTHOR, limit - 1))

    threads = [threading.Thread(target=write, args=(store, number)) for number, store in enumerate(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert words == ["ok"] * 120
    assert holds_together(rows := chain(stage), stage)
    assert Counter(row.payload.partition('"object":"')[2][:7] for row in rows) == {f"flow:g{n}": 20 for n in range(6)}


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_after_too_many_that_got_ahead_nothing_is_changed_and_the_answer_says_so(stage: Stage, monkeypatch) -> None:
    stage.save()
    monkeypatch.setattr(protocol, "TRIES", 3)
    monkeypatch.setattr(stage.store.seal, "learn", lambda *_: None)
    stage.store.seal.head = Head(9, 9, "ab", "cd")

    with pytest.raises(StoreAway, match="nothing was changed"):
        stage.pause()

    assert stage.store.redis.hget(stage.store.keys.job("daily"), "paused") is None
    assert len(chain(stage)) == 1


@pytest.mark.parametrize("mode", ["streams-redis7", "memory"])
@pytest.mark.parametrize(
    "fault",
    [
        lambda redis, keys: redis.delete(keys.audit_head),
        lambda redis, keys: redis.set(keys.audit_head, "1|nonsense"),
        lambda redis, keys: (redis.delete(keys.audit_head), redis.rpush(keys.audit_head, "x")),
        lambda redis, keys: redis.delete(keys.audit),
        lambda redis, keys: (redis.delete(keys.audit), redis.set(keys.audit, "x")),
        lambda redis, keys: redis.zremrangebyrank(keys.audit, -1, -1),
        lambda redis, keys: redis.zadd(keys.audit, {"forged": 2e18}),
        lambda redis, keys: redis.set(keys.audit_of("object", "flow:f"), "x"),
    ],
)
def test_an_audit_that_cannot_be_read_lets_nothing_through(stage: Stage, fault) -> None:
    stage.save()
    fault(stage.store.redis, stage.store.keys)

    with pytest.raises(StoreAway, match="audit cannot be gone on with"):
        stage.limit_flow("f", 3)

    assert stage.store.redis.zscore(stage.store.keys.flow_limits("f"), ":group") is None


def test_whoever_lacks_the_key_of_the_newest_entry_does_not_go_on(stage: Stage) -> None:
    stage.save()
    stranger = replace(stage.store, seal=Seal(lambda: (derive("a key of another deployment"),)))

    with pytest.raises(StoreAway, match="same SECRET_KEY or AUDIT_KEYS"):
        pausing.pause(stranger, ("job", "daily"), AUTHOR)

    assert len(chain(stage)) == 1


def test_a_new_key_goes_on_where_the_old_one_is_known(stage: Stage) -> None:
    stage.save()
    old, new = stage.store.seal.keys[0], derive("a newer key, long enough")
    rotated = replace(stage.store, seal=Seal(lambda: (new, old)))

    pausing.pause(rotated, ("job", "daily"), AUTHOR)

    assert [row.key for row in chain(stage)] == [old.id, new.id]
    assert faults(stage, new, old) == []


def test_a_chain_that_is_broken_at_its_end_goes_on_when_a_person_says_so_and_stays_broken(stage: Stage) -> None:
    stage.save()
    stage.pause()
    stage.store.redis.zremrangebyrank(stage.store.keys.audit, -1, -1)

    head = audit_upkeep.resume(stage.store, Author("root", "cli", operation="resume_audit"), "a row was deleted")
    stage.resume()

    assert head.number == 3
    assert faults(stage) == ["entry 2: entry 2 is missing"]


def test_what_is_too_old_is_dropped_by_whole_days_and_vouched_for(stage: Stage) -> None:
    for day in range(4):
        stage.save(timeout_ms=1000 + day)
        stage.clock.advance(days=1)

    gone = audit_upkeep.drop_old(stage.store, timedelta(days=2), stage.clock())

    assert gone == 2
    assert [row.number for row in chain(stage)] == [3, 4, 5]
    assert faults(stage) == []
    indexes = [stage.store.redis.zcard(stage.store.keys.audit_of("object", name)) for name in ("job:daily", "audit")]
    assert indexes == [2, 1]


def test_nothing_is_laundered_by_growing_old(stage: Stage) -> None:
    for day in range(4):
        stage.save(timeout_ms=1000 + day)
        stage.clock.advance(days=1)
    first = chain(stage)[0]
    stage.store.redis.zrem(stage.store.keys.audit, first.text())

    audit_upkeep.drop_old(stage.store, timedelta(days=2), stage.clock())

    assert "entries 1" in faults(stage)[0] or "entry 1" in faults(stage)[0]


def test_dropping_goes_on_for_years(stage: Stage) -> None:
    for _ in range(12):
        stage.limit_flow("f", own_limit(stage.store, "f") + 1)
        stage.clock.advance(days=1)
        audit_upkeep.drop_old(stage.store, timedelta(days=3), stage.clock())
    stage.clock.advance(days=30)
    for _ in range(3):
        audit_upkeep.drop_old(stage.store, timedelta(days=3), stage.clock())

    assert faults(stage) == []
    assert chain(stage)[0].number > 12


def test_dropping_goes_on_whatever_people_are_named(stage: Stage) -> None:
    for actor in ("retention", "retention", "ana"):
        protocol.note(stage.store, Entry(Author(actor, "api"), "job:daily", None, {"x": 1}))
        stage.clock.advance(days=1)

    gone = [audit_upkeep.drop_old(stage.store, timedelta(days=days), stage.clock()) for days in (2, 1)]

    assert gone == [1, 1]
    assert faults(stage) == []


@pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])
def test_a_full_server_treats_a_change_and_its_entry_alike(stage: Stage) -> None:
    stage.save()
    stage.save("other", flow="f")
    _, name = stage.ask()
    asked: dict[str, Callable[[], object]] = {
        "save": lambda: stage.save("third"),
        "run": lambda: stage.ask("other"),
        "pause": stage.pause,
        "cancel": lambda: stage.cancel(name),
        "sign in": lambda: protocol.note(stage.store, Entry(AUTHOR, "session")),
    }
    before, stage.checking = len(chain(stage)), False
    stage.store.redis.config_set("maxmemory", 1)
    try:
        done = {word for word, ask in asked.items() if goes_through(ask)}
    finally:
        stage.store.redis.config_set("maxmemory", 0)

    assert done == {"pause", "cancel", "sign in"}
    assert len(chain(stage)) == before + len(done)
    assert faults(stage) == []


def goes_through(ask: Callable[[], object]) -> bool:
    """Say whether the server did it; one that is full says OOM."""
    try:
        ask()
    except ResponseError as full:
        assert "OOM" in str(full) or "maxmemory" in str(full)
        return False
    return True
