"""Flow groups: what they are, who uses them, and the limit of their own; contract §7."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from runners.engine import operations
from runners.engine.operations import Role
from webapp.api import preconditions
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import RowQuery
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.flow_groups import FlowGroupDetailRow, FlowGroupRow, flow_group_detail_row, flow_group_row


class FlowGroupFields(BaseModel):
    """The group's own limit; null or 0 takes it away. With those that its enabled jobs state, the lowest holds."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    limit: Annotated[int, Field(ge=0, le=1000)] | None


@endpoint("GET", "/flow-groups", Role.VIEWER, query=RowQuery, answers={200: list[FlowGroupRow]}, paged=True)
def list_flow_groups(query: RowQuery) -> Response:
    """List the flow groups in the order of their names."""
    page = operations.list_flow_groups(platform(), actor(), query.limit, query.offset, query.cursor)
    return many(page, flow_group_row)


@endpoint("GET", "/flow-groups/{flow_group}", Role.VIEWER, answers={200: FlowGroupDetailRow}, versioned=True)
def read_flow_group(flow_group: str) -> Response:
    """Read one flow group, with its active runs and who waits for it, in order."""
    view = operations.get_flow_group(platform(), actor(), flow_group)
    return preconditions.one_tagged(flow_group_detail_row(view), view.group.own_limit)


@endpoint(
    "PUT", "/flow-groups/{flow_group}", Role.OPERATOR, body=FlowGroupFields, answers={200: FlowGroupRow}, versioned=True
)
def limit_flow_group(flow_group: str) -> Response:
    """Give the flow group a limit of its own, or take it away; a group that no job names yet comes to be by it."""
    asked = model_of(FlowGroupFields, json_object())
    expected = preconditions.expected_limit(flow_group)
    group = operations.set_flow_limit(platform(), actor(), flow_group, asked.limit or 0, expected)
    return one(flow_group_row(group), headers=preconditions.etag(group.own_limit))
