"""Approvals in the protocol: a run waits for people, is decided on once, and goes on or ends in the same step."""

from datetime import timedelta

import pytest

from runners.engine.grant import Capability
from runners.engine.store.grants import all_grants
from tests.protocol.deciding import approval, ask_grant, decide, finish_asking, only_run, pending, say
from tests.protocol.stage import Stage


def test_a_run_that_needs_approval_waits_and_its_approval_lets_it_go(stage: Stage) -> None:
    stage.save(requires_approval=True)

    stage.tick(seconds=10)
    run = only_run(stage)

    assert run.status == "waiting_approval"
    assert stage.take() == ()
    assert decide(stage, run.run_id).word == "approved"
    (claimed,) = stage.take()
    assert claimed.run_id == run.run_id
    assert stage.finish(claimed) == "success"
    assert stage.events("approval.") == ["approval.request_created", "approval.approved"]


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_an_approval_is_decided_once(stage: Stage, verdict: str) -> None:
    stage.save(requires_approval=True)
    _, name = stage.ask()
    shown = approval(stage, name)

    first = say(stage, shown, verdict)
    second = say(stage, shown, "approve")

    assert (first.word, second.word) == ({"approve": "approved", "reject": "rejected"}[verdict], "decided")
    assert stage.status(name) == {"approve": "queued", "reject": "failed"}[verdict]
    assert len(stage.events("approval.")) == 2


def test_who_has_agreed_meanwhile_is_read_again(stage: Stage) -> None:
    stage.save(requires_approval=True, approvers={"role": "admin", "quorum": 2})
    _, name = stage.ask()
    shown = approval(stage, name)

    words = [say(stage, shown, by="ana").word, say(stage, shown, by="ben").word, decide(stage, name, by="ben").word]

    assert words == ["counted", "changed", "approved"]


def test_a_handler_that_asks_gives_its_worker_back_and_starts_again_marked(stage: Stage) -> None:
    stage.save(max_retry=1)
    _, name = stage.ask()
    (claimed,) = stage.take()

    assert finish_asking(stage, claimed) == "waiting_approval"
    assert (stage.take(), stage.guard()) == ((), None)
    decide(stage, name, note="go")
    (again,) = stage.take()

    assert (again.run_id, again.fields["attempt"], again.fields["redelivered"]) == (name, "0", "1")
    assert '"note":"go"' in again.fields["granted"]


def test_what_a_run_asks_for_is_granted_by_an_admin_in_the_same_step(stage: Stage) -> None:
    stage.save(approvers={"role": "operator"})
    _, name = stage.ask()
    (claimed,) = stage.take()
    wanted = ((Capability.PROGRAM, "rsync"), (Capability.FOLDER, "/srv"))
    shown = tuple({capability.value: value} for capability, value in wanted)

    finish_asking(stage, claimed, requests=shown, grants=wanted)
    asked = approval(stage, name)
    before = all_grants(stage.store)
    decide(stage, name)

    assert (asked.approvers.role, asked.grants, before) == ("admin", wanted, [])
    assert [(one.capability, one.value) for one in all_grants(stage.store)] == list(wanted)
    assert stage.status(name) == "queued"


def test_a_zombie_asks_nobody(stage: Stage) -> None:
    stage.save(max_retry=1)
    _, name = stage.ask()
    (claimed,) = stage.take()
    stage.clock.advance(seconds=31)
    stage.reap()

    assert finish_asking(stage, claimed) == "stale"
    assert (stage.status(name), stage.events("approval.")) == ("queued", [])


def test_the_job_is_held_while_people_decide_and_goes_on_at_once(stage: Stage) -> None:
    stage.save(requires_approval=True, overlap=True)
    stage.tick(seconds=10)
    stage.tick(seconds=10)
    assert stage.guard() == "pending_approval"

    decide(stage, stage.store.redis.zrange(stage.store.keys.runs, 0, -1)[0])

    assert stage.tick() == {"daily": "ok"}


def test_a_decision_between_facts_and_dispatch_forgets_no_slot(stage: Stage) -> None:
    stage.save(every=10)
    name = ask_grant(stage, "daily")
    stage.clock.advance(seconds=10)
    seen = stage.look()
    say(stage, next(one for one in pending(stage) if one.approval_id == name), "reject")
    stage.act(seen)

    assert stage.tick() == {"daily": "ok"}


@pytest.mark.parametrize(
    ("on_expiry", "status", "kind"), [("reject", "failed", "expired"), ("approve", "queued", None)]
)
def test_silence_does_what_the_request_says(stage: Stage, on_expiry: str, status: str, kind: str | None) -> None:
    stage.save()
    _, name = stage.ask()
    finish_asking(stage, stage.take()[0], expires_sec=60, on_expiry=on_expiry)

    stage.clock.advance(seconds=61)
    late = decide(stage, name)
    stage.reap()

    run = stage.run(name)
    assert (late.word, run.status, run.failure_kind) == ("late", status, kind)
    assert stage.store.redis.hget(stage.store.keys.memory("daily"), "failures") in (None, "0")


def test_people_are_reminded_at_half_of_the_time_and_before_its_end(stage: Stage) -> None:
    stage.save(requires_approval=True, approvers={"role": "admin", "expires_sec": 1000})
    stage.ask()

    reminded = []
    for second in (499, 1, 1, 398, 1, 50):
        stage.clock.advance(seconds=second)
        stage.reap()
        reminded.append(len(stage.events("approval.reminder")))

    assert reminded == [0, 1, 1, 1, 2, 2]


@pytest.mark.parametrize("end", ["cancel", "edit", "delete"])
def test_what_ends_otherwise_is_void(stage: Stage, end: str) -> None:
    stage.save(requires_approval=True)
    _, name = stage.ask()

    match end:
        case "cancel":
            assert stage.cancel(name) == "cancelled"
        case "edit":
            stage.save(requires_approval=True, timeout_ms=5000)
        case "delete":
            assert stage.delete("daily") == "busy"
            stage.cancel(name)
            assert stage.delete("daily") == "ok"

    assert (stage.status(name), approval(stage, name).status) == ("cancelled", "void")
    assert decide(stage, name).word == "decided"


def test_an_edit_changes_nothing_of_a_run_that_has_started(stage: Stage) -> None:
    stage.save()
    _, name = stage.ask()
    finish_asking(stage, stage.take()[0])

    stage.save(timeout_ms=5000)

    assert decide(stage, name).word == "approved"
    assert stage.take()[0].fields["job_version"] == "1"


def test_what_was_changed_since_it_was_shown_is_not_decided_on(stage: Stage) -> None:
    stage.save(requires_approval=True)
    _, name = stage.ask()
    stage.store.redis.hset(stage.store.keys.run(name), "inputs", '{"other":1}')

    assert decide(stage, name).word == "changed"
    assert stage.status(name) == "waiting_approval"


def test_its_places_stay_taken_and_its_life_begins_when_it_is_queued(stage: Stage) -> None:
    stage.save(requires_approval=True, flow="f", flow_limit=1, expires_sec=30)
    stage.save("other", flow="f")
    _, name = stage.ask()
    assert stage.ask("other")[0] == "flow_limit"

    stage.clock.advance(seconds=100)
    decide(stage, name)
    assert stage.run(name).expires_at == stage.clock() + timedelta(seconds=30)
    stage.clock.advance(seconds=31)
    stage.reap()

    assert stage.run(name).failure_kind == "expired"


def test_a_clock_that_is_set_back_keeps_nobody_waiting_longer(stage: Stage) -> None:
    stage.save(requires_approval=True, approvers={"role": "admin", "expires_sec": 60})
    _, name = stage.ask()
    stage.reap()

    stage.clock.advance(hours=-24)
    stage.reap()
    stage.clock.advance(seconds=61)
    stage.reap()

    assert stage.run(name).failure_kind == "expired"


def test_history_takes_what_was_asked_along(stage: Stage) -> None:
    stage.save(requires_approval=True)
    _, name = stage.ask()
    decide(stage, name, "reject")

    assert stage.sweep(0) == 1
    assert stage.store.redis.keys(f"{stage.store.keys.prefix}approval*") == []
