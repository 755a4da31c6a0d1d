"""Approvals: list and read them, approve or reject one; contract §7."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from runners.engine import operations
from runners.engine.operations import Role
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import ApprovalQuery
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.approvals import ApprovalRow, approval_row, shown_row


class Decision(BaseModel):
    """What may be said beside yes or no. With `digest` it counts only for exactly what was shown."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    note: Annotated[str, Field(max_length=1000)] = ""
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


@endpoint("GET", "/approvals", Role.VIEWER, query=ApprovalQuery, answers={200: list[ApprovalRow]}, paged=True)
def list_approvals(query: ApprovalQuery) -> Response:
    """List approvals, newest first."""
    page = operations.list_approvals(
        platform(), actor(), query.approval_status, query.job_id, query.limit, query.offset, query.cursor
    )
    return many(page, approval_row)


@endpoint("GET", "/approvals/{approval_id}", Role.VIEWER, answers={200: ApprovalRow})
def read_approval(approval_id: str) -> Response:
    """Read one approval, with the inputs of the run that waits for it."""
    return one(shown_row(operations.get_approval(platform(), actor(), approval_id)))


@endpoint(
    "POST",
    "/approvals/{approval_id}/approve",
    Role.OPERATOR,
    body=Decision,
    body_optional=True,
    answers={200: ApprovalRow},
)
def approve(approval_id: str) -> Response:
    """Agree: the waiting run goes on with what was shown, once enough approvers agree; 409 when it was decided before.

    By default only an admin may; a job's `approvers` says otherwise.
    """
    return _decide(approval_id, "approve")


@endpoint(
    "POST",
    "/approvals/{approval_id}/reject",
    Role.OPERATOR,
    body=Decision,
    body_optional=True,
    answers={200: ApprovalRow},
)
def reject(approval_id: str) -> Response:
    """Refuse: the waiting run fails as `rejected`; 409 when it was decided before."""
    return _decide(approval_id, "reject")


def _decide(approval_id: str, verdict: operations.Verdict) -> Response:
    said = model_of(Decision, json_object(optional=True))
    decided = operations.decide_approval(platform(), actor(), approval_id, verdict, said.note, said.digest)
    return one(approval_row(decided))
