"""All four doors let in, refuse and put down alike, whoever asks: driven for real."""

from itertools import count

import pytest

from runners.engine import operations
from runners.engine.operations import OPERATIONS, Actor, AuditFilter, Role
from tests.access.commands import Terminal
from tests.access.conftest import ADMIN
from tests.access.doors import DOORS, offered
from tests.access.parity_drive import WAYS, Doors

pytestmark = pytest.mark.slow
SOMEBODY = Actor("somebody", Role.OPERATOR, "api")
READ = {
    *(
        "plan",
        "queue",
        "agents",
        "pauses",
        "list_approvals",
        "list_jobs",
        "get_job",
        "list_runs",
        "explain",
        "why_then",
    ),
    *(
        "explain_run",
        "forecast",
        "get_run",
        "run_log",
        "get_approval",
        "get_listener",
        "rules_to_hear",
        "own_preferences",
    ),
}
"""What chat offers and nothing is changed by."""
BY_ONESELF = {"choose_preferences", "subscribe", "unsubscribe", "mute_chat"}
"""What is asked about oneself, or about the chat: not at every door (parity.py)."""


@pytest.fixture
def doors(app, guarded, monkeypatch):
    return Doors(app, guarded, Terminal(app, monkeypatch))


@pytest.fixture
def prepared(guarded):
    """Return a job in the state that an operation needs, by the names of what there is."""
    numbers = count(1)

    def prepare(state):
        job_id = f"job-{next(numbers)}"
        spec = {"job_id": job_id, "type": "simulation.heavy", "schedule": None, "inputs": {"flow_group": job_id}}
        operations.save_job(
            guarded, ADMIN, spec | ({"requires_approval": True, "approvers": "operator"} if state == "asks" else {})
        )
        names = {"job": job_id, "run": "", "approval": "", "digest": ""}
        if state in ("queued", "ended", "asks"):
            names["run"] = operations.run_job(guarded, SOMEBODY, job_id).run_id
        if state == "ended":
            operations.cancel_run(guarded, SOMEBODY, names["run"])
        if state == "asks":
            (approval,) = operations.run_approvals(guarded, ADMIN, names["run"])
            names |= {"approval": approval.approval_id, "digest": approval.digest}
        if state == "disabled":
            operations.set_enabled(guarded, ADMIN, job_id, False)
        if state == "paused":
            operations.pause_job(guarded, ADMIN, job_id)
        if state == "flow paused":
            operations.pause_flow(guarded, ADMIN, job_id)
        if state == "all paused":
            operations.pause_queue(guarded, ADMIN)
        return names

    return prepare


def newest(platform, actor):
    """The newest entry of this name: operation, outcome, role and object."""
    found = operations.list_audit(platform, ADMIN, AuditFilter(actor=actor), 1).rows
    said = found[0].said if found else {}
    return tuple(said.get(word) for word in ("operation", "outcome", "role", "object"))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.chat.split()[0].strip("/") + "-" + way.operation)
def test_every_door_lets_in_refuses_and_puts_down_alike(guarded, doors, prepared, way):
    for role in Role:
        allowed = role.covers(OPERATIONS[way.operation])
        for door in DOORS:
            names = prepared(way.state)

            let_in = doors.ask(door, role, way, names)

            doors.flush()
            operation, outcome, of_role, target = newest(guarded, doors.name(door, role))
            assert (let_in, outcome, of_role) == (allowed, "done" if allowed else "refused", str(role)), (door, role)
            if allowed:
                assert operation == way.operation, (door, role)
                assert target.startswith(way.target.format(**names)), (door, role, target)
            operations.resume_queue(guarded, ADMIN)


def test_all_that_chat_changes_is_driven():
    assert offered()["chat"] - READ - BY_ONESELF == {way.operation for way in WAYS}
