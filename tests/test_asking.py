"""A handler that asks people first: its run waits, and it starts again with their answer."""

import json
from dataclasses import replace

import pytest
from pydantic import BaseModel

from runners.engine import operations
from runners.engine.ask import ASKS_AT_MOST
from runners.engine.handler import handler
from runners.engine.protocol import upkeep
from runners.engine.store.runs import load_run
from runners.slots import Slots
from tests.store.making import ADMIN
from tests.waiting import wait_until


class Nothing(BaseModel):
    """These handlers take no inputs."""


@pytest.fixture
def mode():
    return "memory"


@pytest.fixture
def asked(platform):
    """Return a function that runs a handler's function as a new job's, and returns its run when it stands still."""
    threads = []

    def run(function, **spec):
        made = handler("test.ask", inputs=Nothing, isolation="thread")(function)
        known = platform.catalog.handlers | {"test.ask": made}
        slots = Slots(replace(platform, catalog=replace(platform.catalog, handlers=known)), "worker-1", 1)
        threads.append(slots)
        slots.start()
        raw = {"job_id": "careful", "type": "test.ask", "retry_policy": {"max_retry": 0}} | spec
        operations.save_job(slots.platform, ADMIN, raw)
        name = operations.run_job(slots.platform, ADMIN, "careful").run_id
        return slots, lambda: stand_still(slots, name)

    yield run
    for slots in threads:
        slots.drain(1)


def stand_still(slots, name):
    """Let the worker do what there is to do, and return the run when it has ended or waits for people."""

    def still():
        upkeep.reap(slots.platform.store, {})
        slots.submit(*slots.claim(1))
        run = load_run(slots.platform.store, name)
        return run if run.status in ("success", "failed", "waiting_approval") else None

    return wait_until(still)


def approve(slots, run, note=""):
    return operations.decide_approval(slots.platform, ADMIN, run.approval_id, "approve", note)


def test_it_starts_again_with_what_was_granted(asked):
    starts = []

    def careful(ctx, inputs):
        starts.append((ctx.attempt, ctx.redelivered, ctx.approval))
        granted = ctx.require_approval("Delete 2 files", ["a", "b"], expires_sec=60)
        return {"note": granted.note, "by": list(granted.approved_by)}

    slots, result = asked(careful)
    waiting = result()
    shown = operations.get_approval(slots.platform, ADMIN, waiting.approval_id).approval
    approve(slots, waiting, "go")
    ended = result()

    assert (shown.kind, shown.summary, shown.requests) == ("ask", "Delete 2 files", ("a", "b"))
    assert (shown.expires_at - shown.created_at).total_seconds() == 60
    assert ended.result["output"] == {"note": "go", "by": [ADMIN.name]}
    assert [start[:2] for start in starts] == [(0, False), (0, True)]
    assert [attempt.outcome for attempt in ended.attempts] == ["waiting_approval", "success"]


def test_each_question_is_asked_once(asked):
    def twice(ctx, inputs):
        ctx.require_approval("First")
        ctx.require_approval("Second", [{"n": 2}])
        return "done"

    slots, result = asked(twice)
    summaries = []
    for _ in range(2):
        waiting = result()
        summaries.append(operations.get_approval(slots.platform, ADMIN, waiting.approval_id).approval.summary)
        approve(slots, waiting)

    assert result().result["output"] == "done"
    assert summaries == ["First", "Second"]
    run = result()
    assert [one.summary for one in operations.run_approvals(slots.platform, ADMIN, run.run_id)] == summaries


def test_an_output_may_ask(asked):
    def by_output(ctx, inputs):
        return {"requires_approval": True, "approval_requests": [{"tool": "write"}], "summary": "Write"}

    slots, result = asked(by_output)
    waiting = result()
    approve(slots, waiting)

    assert waiting.status == "waiting_approval"
    assert result().result["output"]["approval_requests"] == [{"tool": "write"}]


def test_an_approved_run_that_fails_keeps_its_approval_for_the_next_attempt(asked):
    def flaky(ctx, inputs):
        ctx.require_approval("Go")
        if ctx.attempt == 0:
            raise ValueError("not yet")
        return ctx.approval.summary

    slots, result = asked(flaky, retry_policy={"max_retry": 1, "backoff_sec": [0]})
    approve(slots, result())

    assert result().result["output"] == "Go"


def test_a_run_cannot_ask_for_ever(asked):
    count = iter(range(1000))

    def insatiable(ctx, inputs):
        ctx.require_approval(f"Question {next(count)}")

    slots, result = asked(insatiable)
    while (run := result()).status == "waiting_approval":
        approve(slots, run)

    assert run.asks == ASKS_AT_MOST
    assert f"asked {ASKS_AT_MOST} times already" in run.result["error"]


@pytest.mark.parametrize(
    "wrong", [{"summary": ""}, {"summary": "x" * 501}, {"requests": ["x" * 40_000]}, {"expires_sec": 0}]
)
def test_a_question_that_nobody_could_read_fails_the_run(asked, wrong):
    def unreadable(ctx, inputs):
        ctx.require_approval(**{"summary": "Go"} | wrong)

    assert "require_approval" in asked(unreadable)[1]().result["error"]


def test_what_is_bound_is_in_the_digest(asked):
    def careful(ctx, inputs):
        ctx.require_approval("Go", [1])

    slots, result = asked(careful)
    waiting = result()
    store = slots.platform.store
    store.redis.hset(store.keys.run(waiting.run_id), "inputs", json.dumps({"other": True}))

    with pytest.raises(Exception, match="not what was shown"):
        approve(slots, waiting)
