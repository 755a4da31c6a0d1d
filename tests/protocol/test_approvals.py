"""Approvals in the protocol: a run waits for people, is decided on once, and goes on or ends in the same step."""

import pytest

from tests.protocol.deciding import decide, only_run
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

    first = decide(stage, name, verdict)
    second = decide(stage, name, "approve", number=1)

    assert (first.word, second.word) == ({"approve": "approved", "reject": "rejected"}[verdict], "decided")
    assert stage.status(name) == {"approve": "queued", "reject": "failed"}[verdict]
