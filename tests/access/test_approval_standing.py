"""The page of an approval offers what the one who looks may do, and says why when that is less."""

from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.operations import Role
from tests.access.conftest import ADMIN, signed_in


def waiting(guarded: Any, **approvers: object) -> str:
    """Let the operator ask for a run that must be decided on; return the address of its approval."""
    spec = {"job_id": "deploy", "type": "simulation.heavy", "schedule": None, "requires_approval": True}
    operations.save_job(guarded, ADMIN, {**spec, "approvers": {"role": "operator", **approvers}})
    asker = operations.Actor("environment:AUTH_OPERATOR_TOKEN", Role.OPERATOR, "page")
    operations.run_job(guarded, asker, "deploy")
    (found,) = operations.list_approvals(guarded, ADMIN).rows
    return f"/ui/approvals/{found.approval_id}"


def offered(app: Flask, role: str, address: str) -> tuple[bool, bool]:
    """Say whether the page offers to approve, and to reject."""
    text = signed_in(app, role).get(address).text
    return f'formaction="{address}/approve"' in text, f'formaction="{address}/reject"' in text


def test_who_asked_leaves_it_to_others(app: Flask, guarded: Any) -> None:
    address = waiting(guarded)

    assert offered(app, "operator", address) == (False, False)
    assert "You asked for it, so somebody else decides." in signed_in(app, "operator").get(address).text
    assert offered(app, "admin", address) == (True, True)


def test_who_has_agreed_may_only_refuse_still(app: Flask, guarded: Any) -> None:
    address = waiting(guarded, quorum=2)
    admin = signed_in(app, "admin")

    assert admin.send(f"{address}/approve", page=address).status_code == 303

    assert offered(app, "admin", address) == (False, True)
    assert "somebody else must agree, too" in admin.get(address).text


@pytest.mark.parametrize("role", ["operator", "admin"])
def test_who_is_no_approver_is_told_so(app: Flask, guarded: Any, role: str) -> None:
    address = waiting(guarded, role=None, names=["olga"])

    assert offered(app, role, address) == (False, False)
    assert "You are none of its approvers" in signed_in(app, role).get(address).text
