"""Secrets typed in clear into a job's inputs: whoever may change the job reads them at every door, a viewer at none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from runners.engine import operations
from runners.engine.operations import Role
from tests.access.conftest import ADMIN, signed_in
from tests.planted import ROLE_TOKENS

OLD, NEW, COOKIE, KEY = "typed-in-clear-0001", "typed-in-clear-0002", "typed-in-clear-0003", "typed-in-clear-0004"
REFERENCE = "Bearer {{secret:openai/main/api_key}}"
DOORS = (
    "/jobs",
    "/jobs/calls",
    "/jobs/calls/versions",
    "/jobs/export",
    "/runs?full=1&job_id=calls",
    "/runs/{run}",
    "/approvals/{approval}",
    "/ui/jobs/calls/spec",
    "/ui/jobs/calls/spec/file",
    "/ui/jobs/calls/versions",
    "/ui/runs/{run}",
    "/ui/runs/{run}/inputs.json",
    "/ui/runs/{run}/run.json",
    "/ui/approvals/{approval}",
)
"""Where inputs are read."""


@pytest.fixture
def names(guarded: Any) -> dict[str, str]:
    """A job that was saved twice, whose run waits for an approval."""
    headers = {"Authorization": f"Token {OLD}", "Cookie": f"session={COOKIE}", "X-Api-Key": KEY, "Accept": "text/csv"}
    spec = {"job_id": "calls", "type": "http.request", "requires_approval": True}
    inputs = {"url": "https://example.com/", "headers": headers}
    operations.save_job(guarded, ADMIN, spec | {"inputs": inputs})
    changed = headers | {"Authorization": f"Token {NEW}", "X-Auth-Token": REFERENCE}
    operations.save_job(guarded, ADMIN, spec | {"inputs": inputs | {"headers": changed}})
    run = operations.run_job(guarded, ADMIN, "calls")
    return {"run": run.run_id, "approval": str(run.approval_id)}


Get = Callable[[str], TestResponse]


@pytest.fixture
def asking(app: Flask, client: FlaskClient, names: dict[str, str]) -> Callable[[Role], Get]:
    """Return a function that reads a door in a role."""

    def in_role(role: Role) -> Get:
        browser = signed_in(app, role)

        def get(door: str) -> TestResponse:
            address = door.format(**names)
            token = {"Authorization": f"Bearer {ROLE_TOKENS[role]}"}
            answer = browser.get(address) if address.startswith("/ui") else client.get(address, headers=token)
            assert answer.status_code == 200, answer.text
            return answer

        return get

    return in_role


def test_a_viewer_reads_masks_at_every_door_and_an_operator_what_was_typed(asking: Callable[[Role], Get]) -> None:
    seen, typed = asking(Role.VIEWER), asking(Role.OPERATOR)

    for door in DOORS:
        told = seen(door).text
        assert "typed-in-clear" not in told and "****" in told, door
        assert "text/csv" in told and "secret:openai/main/api_key" in told, door
        assert all(secret in typed(door).text for secret in (NEW, COOKIE, KEY)), door


def test_a_viewer_sees_that_a_secret_was_changed_and_not_into_what(asking: Callable[[Role], Get]) -> None:
    (newest, _) = asking(Role.VIEWER)("/jobs/calls/versions").json or ()

    assert newest["diff"][0] == {"loc": ["inputs", "headers", "Authorization"], "before": "****", "after": "****"}


def test_what_an_operator_approves_is_what_was_typed(guarded: Any, names: dict[str, str]) -> None:
    """Masks are for eyes alone: the run goes on with the inputs that it had."""
    other = replace(ADMIN, name="budi")
    operations.decide_approval(guarded, other, names["approval"], "approve")

    run = operations.get_run(guarded, ADMIN, names["run"])
    assert run.inputs["headers"]["Authorization"] == f"Token {NEW}"
