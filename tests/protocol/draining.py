"""The end of every random life: what is healed must end."""

from collections.abc import Iterable

from runners.engine.pool import DEFAULT
from tests.protocol.deciding import decide_all
from tests.protocol.stage import Stage

LANES = ("critical", "normal", "low")


def drain(stage: Stage, jobs: Iterable[str], paused: Iterable[str]) -> None:
    """Heal everything: then every run ends, every held slot goes out, and no message is left.

    `jobs` are forgiven, and `paused` names the pauses that may be in force.
    """
    redis, keys, names = stage.store.redis, stage.store.keys, tuple(jobs)
    decide_all(stage, "reject")
    for target in paused:
        stage.resume(target)
    for _ in range(5):
        stage.reap()
        stage.reconcile()
        decide_all(stage)
        stage.work_off()
        stage.clock.advance(seconds=31)
    for name in names:
        stage.forgive(name)
    for _ in range(16):
        stage.tick(seconds=0.25)
        decide_all(stage)
        stage.work_off()
    stage.check()
    left = [name for name, run in stage.seen.runs.items() if run["status"] not in ("success", "failed", "cancelled")]
    assert not left, f"I9: {left} never ended"
    assert not redis.zrange(keys.held, 0, -1), "I9: a slot is held by nothing"
    pools = (DEFAULT, *redis.smembers(keys.pools))
    for pool in pools:
        stage.take(1, pool=pool)
    assert not [hint for priority in LANES for pool in pools for hint in stage.hints(priority, pool)], (
        "I5: messages are left"
    )
