"""Grants: ask for a capability of a job, list what was granted, revoke it; contract §7."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from runners.engine import operations
from runners.engine.grant import LONGEST_SEC, LONGEST_VALUE, Capability
from runners.engine.operations import Role
from runners.engine.store.page import part_of
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import PartQuery
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.approvals import ApprovalRow, approval_row
from webapp.wire.grants import GrantRow, grant_row


class GrantRequest(BaseModel):
    """A program (the first words of a command), a root (a folder) or a private target, as the configuration has them.

    `lasts_sec` is how long it holds once it is granted; null means until it is revoked.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    capability: Annotated[Capability, Field(strict=False)]
    value: Annotated[str, Field(min_length=1, max_length=LONGEST_VALUE)]
    lasts_sec: Annotated[int, Field(ge=1, le=LONGEST_SEC)] | None = None


@endpoint("POST", "/jobs/{job_id}/grants", Role.OPERATOR, body=GrantRequest, answers={201: ApprovalRow})
def request_grant(job_id: str) -> Response:
    """Ask for a capability of the job; an admin decides on the approval that this answers with."""
    asked = model_of(GrantRequest, json_object())
    approval = operations.request_grant(platform(), actor(), job_id, asked.capability, asked.value, asked.lasts_sec)
    return one(approval_row(approval), 201, {"Location": f"/approvals/{approval.approval_id}"})


@endpoint("GET", "/grants", Role.ADMIN, query=PartQuery, answers={200: list[GrantRow]}, paged=True)
def list_grants(query: PartQuery) -> Response:
    """List what approvals granted to jobs, those that are over too."""
    found = operations.list_grants(platform(), actor())
    return many(part_of(found, lambda grant: grant.grant_id, query.limit, query.offset, query.cursor), grant_row)


@endpoint("DELETE", "/grants/{grant_id}", Role.ADMIN, answers={200: list[GrantRow]})
def revoke_grant(grant_id: str) -> Response:
    """Revoke a grant; runs that start from now on have it no more."""
    operations.revoke_grant(platform(), actor(), grant_id)
    return one([grant_row(grant) for grant in operations.list_grants(platform(), actor())])
