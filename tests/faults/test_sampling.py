"""A look at the running store finds an active run that nobody owns, and every place too many."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.sampling import look
from tests.protocol.deciding import finish_asking
from tests.protocol.stage import Stage


@pytest.fixture
def mode() -> str:
    """The looks read what both transports keep alike."""
    return "lists"


Breakage = Callable[[Any, str], object]


@pytest.mark.parametrize(
    ("state", "breakage", "sentence"),
    [
        ("queued", lambda store, run: store.redis.zrem(store.keys.pending("normal"), run), "in no queue"),
        ("running", lambda store, run: store.redis.zrem(store.keys.leases, run), "without a lease"),
        ("running", lambda store, run: store.redis.hset(store.keys.run(run), "worker_id", ""), "has no worker"),
        ("retrying", lambda store, run: store.redis.zrem(store.keys.retries, run), "no time is set"),
        ("waiting_approval", lambda store, run: store.redis.delete(store.keys.approval_deadlines), "nobody is asked"),
        ("queued", lambda store, run: store.redis.sadd(store.keys.active_of_job("job"), "run_x"), "2 active runs"),
        ("queued", lambda store, run: store.redis.sadd(store.keys.active_of_flow("few"), "run_x"), "1 allowed"),
        ("queued", lambda store, run: store.redis.hset(store.keys.run(run), "status", "success"), "keeps a place"),
    ],
)
def test_a_look_finds_what_must_never_be(
    clocked: Any, clock: Any, state: str, breakage: Breakage, sentence: str
) -> None:
    stage = Stage(clocked, clock, checking=False)
    stage.save("job", flow="few", flow_limit=1, max_retry=1, schedule=None)
    run_id = in_state(stage, state)
    assert look(clocked.store.redis, clocked.store.keys.prefix) == []

    breakage(clocked.store, run_id)

    assert any(sentence in one for one in look(clocked.store.redis, clocked.store.keys.prefix))


def in_state(stage: Stage, state: str) -> str:
    """Bring a run of the job into one state, and return its id."""
    _, run_id = stage.ask("job")
    if state != "queued":
        (claimed,) = stage.take()
    if state == "retrying":
        stage.fail(claimed)
    if state == "waiting_approval":
        finish_asking(stage, claimed)
    assert stage.status(run_id) == state
    return run_id
