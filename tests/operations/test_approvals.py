"""Who may decide on what, and who may change that: through the operations that every door calls."""

from dataclasses import replace

import pytest

from runners.engine import operations
from runners.engine.errors import Conflict, Forbidden
from runners.engine.operations import Actor, Role, deciders
from tests.planted import PASSWORD

ANA, BUDI = Actor("ana", Role.ADMIN, "api"), Actor("budi", Role.ADMIN, "api")
OLGA = Actor("olga", Role.OPERATOR, "api")
JOB = {"job_id": "deploy", "type": "simulation.heavy", "inputs": {"work_ms": 100}, "requires_approval": True}


@pytest.fixture
def mode():
    return "streams-redis7"


@pytest.fixture
def signed(platform):
    """A platform with sign-in, and two administrators and an operator who can."""
    platform = replace(platform, settings=replace(platform.settings, auth_enabled=True))
    for actor in (ANA, BUDI, OLGA):
        operations.create_person(platform, ANA, actor.name, actor.role, PASSWORD)
    return platform


def asked(platform, by, **changes):
    """Let `by` ask for a run of the job and return what it waits for."""
    operations.save_job(platform, ANA, JOB | changes)
    return operations.run_job(platform, by, "deploy").approval_id


def test_nobody_decides_on_what_they_asked_for(signed):
    approval = asked(signed, ANA)

    with pytest.raises(Forbidden, match="somebody else decides"):
        operations.decide_approval(signed, ANA, approval, "approve")
    assert operations.decide_approval(signed, BUDI, approval, "approve").status == "approved"


def test_a_token_is_whoever_made_it(signed):
    operations.create_token(signed, ANA, "ci", Role.ADMIN, None)
    approval = asked(signed, ANA)

    with pytest.raises(Forbidden, match=r"'ana', behind which .* as behind 'token:ci' .* somebody else decides"):
        operations.decide_approval(signed, Actor("token:ci", Role.ADMIN, "api"), approval, "approve")


def test_a_token_stays_whoever_made_it_when_it_made_another_and_ended(signed):
    first = operations.create_token(signed, ANA, "first", Role.ADMIN, None).token
    second = operations.create_token(signed, Actor("token:first", Role.ADMIN, "api"), "second", Role.ADMIN, None).token
    approval = asked(signed, Actor("token:second", Role.ADMIN, "api"))
    for token in (first, second):
        operations.revoke_token(signed, BUDI, token.id)
    operations.create_token(signed, BUDI, "second", Role.ADMIN, None)

    with pytest.raises(Forbidden, match="somebody else decides"):
        operations.decide_approval(signed, ANA, approval, "approve")


@pytest.mark.parametrize("revoked", [False, True])
def test_a_person_and_a_token_of_hers_agree_once(signed, revoked):
    token = operations.create_token(signed, ANA, "ci", Role.ADMIN, None).token
    approval = asked(signed, OLGA, approvers={"role": "admin", "quorum": 2})
    operations.decide_approval(signed, Actor("token:ci", Role.ADMIN, "api"), approval, "approve")
    if revoked:
        operations.revoke_token(signed, ANA, token.id)

    with pytest.raises(Conflict, match="agreed"):
        operations.decide_approval(signed, ANA, approval, "approve")
    assert operations.decide_approval(signed, BUDI, approval, "approve").status == "approved"


@pytest.mark.parametrize(("own", "refused"), [("alone", False), ("never", True)])
def test_who_is_the_only_one_who_could_decides_if_that_is_allowed(signed, own, refused):
    operations.delete_person(signed, ANA, "budi")
    platform = replace(signed, settings=replace(signed.settings, approve_own=own))
    approval = asked(platform, ANA)

    if refused:
        with pytest.raises(Forbidden):
            operations.decide_approval(platform, ANA, approval, "approve")
    else:
        assert operations.decide_approval(platform, ANA, approval, "approve").status == "approved"


def test_among_more_people_than_are_looked_at_nobody_is_alone(signed, monkeypatch):
    approval = asked(signed, ANA)
    monkeypatch.setattr(deciders, "LOOKED_AT", 1)

    with pytest.raises(Forbidden, match="somebody else decides"):
        operations.decide_approval(signed, ANA, approval, "approve")


def test_an_operator_decides_where_the_job_says_so_only(signed):
    approval = asked(signed, ANA)
    with pytest.raises(Forbidden, match="none of the approvers"):
        operations.decide_approval(signed, OLGA, approval, "approve")
    operations.decide_approval(signed, BUDI, approval, "reject")

    named = asked(signed, ANA, approvers={"names": ["olga"]})

    assert operations.decide_approval(signed, OLGA, named, "approve").status == "approved"


def test_as_many_as_the_quorum_must_agree_and_nobody_twice(signed):
    approval = asked(signed, OLGA, approvers={"role": "admin", "quorum": 2})

    first = operations.decide_approval(signed, ANA, approval, "approve", "one")
    with pytest.raises(Conflict, match="agreed"):
        operations.decide_approval(signed, ANA, approval, "approve")
    second = operations.decide_approval(signed, BUDI, approval, "approve", "two")

    assert (first.status, second.status) == ("pending", "approved")
    assert [vote.by for vote in second.votes] == ["ana", "budi"]


@pytest.mark.parametrize(
    "change", [{"requires_approval": False}, {"approvers": "operator"}, {"approvers": {"names": ["olga"]}}]
)
def test_who_is_no_admin_cannot_edit_approvals_away(signed, change):
    operations.save_job(signed, ANA, JOB)

    for edit in (
        lambda: operations.save_job(signed, OLGA, JOB | change),
        lambda: operations.import_jobs(signed, OLGA, [JOB | change]),
    ):
        with pytest.raises(Forbidden, match="needs admin"):
            edit()
    assert operations.save_job(signed, OLGA, JOB | {"timeout_ms": 5000}).status == "updated"


def test_a_retry_of_an_older_version_needs_the_approval_of_today(signed):
    operations.save_job(signed, ANA, JOB | {"requires_approval": False})
    old = operations.run_job(signed, ANA, "deploy")
    operations.cancel_run(signed, ANA, old.run_id)
    operations.save_job(signed, ANA, JOB)

    assert operations.retry_run(signed, OLGA, old.run_id).status == "waiting_approval"


def test_an_edit_voids_what_has_not_started(signed):
    approval = asked(signed, ANA)

    operations.save_job(signed, OLGA, JOB | {"timeout_ms": 5000})

    found = operations.get_approval(signed, ANA, approval)
    assert (found.approval.status, found.run.status) == ("void", "cancelled")
    assert "version 2" in found.run.result["error"]
    with pytest.raises(Conflict, match="void already"):
        operations.decide_approval(signed, BUDI, approval, "approve")


def test_deciding_is_audited_with_its_effect(signed):
    approval = asked(signed, ANA)
    operations.decide_approval(signed, BUDI, approval, "reject", "no")

    store = signed.store
    (entry,) = store.redis.zrange(store.keys.audit_of("object", f"approval:{approval}"), 0, -1)
    assert entry
