"""The audit chain: a change and its entry happen in one step, or neither does; nothing is written behind a wrong head."""

from runners.engine.audit import Entry, Head, Row
from tests.protocol.stage import AUTHOR, Stage

PAUSE = ("pause", "everything", "", "ana", "{}")
ENTRY = Entry(AUTHOR, "everything", {"paused": False}, {"paused": True})


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

    first, second = chain(stage)

    assert holds_together([first, second], stage)
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
