"""A handler that asks people first: its run waits, and it starts again with their answer."""

import json
from dataclasses import replace

import pytest
from pydantic import BaseModel

from runners.engine import operations
from runners.engine.ask import ASKS_AT_MOST
from runners.engine.handler import handler
from runners.engine.protocol import retention, upkeep
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
        made = handler("test.ask", inputs=Nothing, isolation="thread", grants=True)(function)
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


WANTED = [("program", "rsync -a"), ("private_target", "10.0.0.5:80")]


def wanting(ctx, inputs):
    """Ask for what the settings of this start do not allow."""
    prefixes = ctx.settings.command_allow_prefixes
    if ("rsync", "-a") not in prefixes:
        ctx.require_approval("Needs two things", [{name: value} for name, value in WANTED], grants=WANTED)
    return [list(prefixes[-1]), ctx.settings.http_allow_private[-1]]


def test_one_approval_grants_its_job_all_that_was_asked_for(asked):
    slots, result = asked(wanting, approvers="operator")
    waiting = result()
    shown = operations.get_approval(slots.platform, ADMIN, waiting.approval_id).approval
    none_yet = operations.list_grants(slots.platform, ADMIN)
    approve(slots, waiting)

    assert result().result["output"] == [["rsync", "-a"], "10.0.0.5:80"]
    assert (shown.grants, shown.approvers.role, none_yet) == (tuple(WANTED), "admin", [])
    granted = operations.list_grants(slots.platform, ADMIN)
    assert [(one.capability, one.value) for one in granted] == WANTED
    assert [one.grant_id for one in granted] == [shown.approval_id, f"{shown.approval_id}.2"]
    assert {(one.requester, one.approval_id) for one in granted} == {(waiting.run_id, shown.approval_id)}


def test_each_of_them_is_revoked_by_itself_also_when_the_run_is_forgotten(asked):
    slots, result = asked(wanting)
    waiting = result()
    approve(slots, waiting)
    result()
    now = slots.platform.store.now()
    retention.sweep(slots.platform.store, replace(slots.platform.settings, runs_kept=0), now)

    first, second = operations.list_grants(slots.platform, ADMIN)
    operations.revoke_grant(slots.platform, ADMIN, second.grant_id)

    assert operations.list_grants(slots.platform, ADMIN) == [first]
    assert load_run(slots.platform.store, waiting.run_id) is None


def test_a_rejected_one_grants_nothing(asked):
    slots, result = asked(wanting)
    waiting = result()
    operations.decide_approval(slots.platform, ADMIN, waiting.approval_id, "reject", "")

    assert load_run(slots.platform.store, waiting.run_id).failure_kind == "rejected"
    assert operations.list_grants(slots.platform, ADMIN) == []


@pytest.mark.parametrize(
    ("grants", "more", "words"),
    [
        ([("program", "ls")], {}, "the grant of 'ls' is not among the requests"),
        ([("program", "df")], {"on_expiry": "approve"}, "silence grants nothing"),
        ([("shell", "df")], {}, "'shell' is not a valid Capability"),
        ([("root", "df")], {}, "absolute"),
    ],
    ids=["unseen", "by silence", "no capability", "no value"],
)
def test_nothing_is_granted_that_was_not_shown(asked, grants, more, words):
    def sly(ctx, inputs):
        ctx.require_approval("Go", [{"program": "df"}, {"root": "df"}], grants=grants, **more)

    _, result = asked(sly)

    assert words in result().result["error"]
