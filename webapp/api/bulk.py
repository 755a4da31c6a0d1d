"""Retry or cancel all runs that pass a filter: exactly as many as were counted, bit by bit, and the way back; contract §4."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response, request
from pydantic import BaseModel, BeforeValidator, ConfigDict

from runners.engine import operations
from runners.engine.bulk import MOST, Action, Bulk
from runners.engine.fields import Whole, fault, show
from runners.engine.operations import Role
from runners.engine.store.page import part_of
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import PartQuery, RowQuery, RunFilterFields
from webapp.api.jobs import NoFields
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.bulk import BulkItemRow, BulkRow, bulk_item_row, bulk_row


def texts_only(sent: object) -> object:
    """Return `sent` when all of its values are texts or null; what reads a query string would take a number for one."""
    if isinstance(sent, dict):
        wrong = next((name for name, value in sent.items() if not isinstance(value, str | None)), None)
        if wrong is not None:
            raise fault("string_type", f"filter.{show(wrong)[1:-1]} {show(sent[wrong])} is not text")
    return sent


class BulkRequest(BaseModel):
    """`filter` takes what the query string of `GET /runs` takes; its `status` must be one that the action is for.

    Without a `status`, `failure_kind` or `failure` say that failed runs are meant, and `run_ids` names them one by one.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    action: Literal["retry", "cancel"]
    filter: Annotated[RunFilterFields, BeforeValidator(texts_only)]
    expected: Annotated[int, Whole(1, MOST)]


@endpoint(
    "POST", "/runs/bulk", Role.OPERATOR, body=BulkRequest, answers={202: BulkRow}, headers={"Location": "its progress"}
)
def begin_bulk() -> Response:
    """Retry or cancel every run that passes the filter, if exactly `expected` do (409 with `actual` otherwise).

    It is done by schedulers, 100 runs a second at most, oldest first; GET /runs/bulk/{bulk_id} shows how far it is. A retry
    that a guard holds waits for it, for a day at most.
    """
    asked = model_of(BulkRequest, json_object())
    key = request.headers.get("Idempotency-Key")
    bulk = operations.begin_bulk(platform(), actor(), Action(asked.action), asked.filter.filter(), asked.expected, key)
    return _bulk(bulk, 202, {"Location": f"/runs/bulk/{bulk.bulk_id}"})


@endpoint("GET", "/runs/bulk", Role.VIEWER, query=PartQuery, answers={200: list[BulkRow]}, paged=True)
def list_bulks(query: PartQuery) -> Response:
    """List the newest 50 bulk operations, newest first; they are kept for a day behind their end."""
    now, found = platform().store.now(), operations.list_bulks(platform(), actor())
    page = part_of(found, lambda bulk: bulk.bulk_id, query.limit, query.offset, query.cursor)
    return many(page, lambda bulk: bulk_row(bulk, now))


@endpoint("GET", "/runs/bulk/{bulk_id}", Role.VIEWER, answers={200: BulkRow})
def read_bulk(bulk_id: str) -> Response:
    """Say how far a bulk operation is."""
    return _bulk(operations.get_bulk(platform(), actor(), bulk_id))


@endpoint(
    "GET",
    "/runs/bulk/{bulk_id}/items",
    Role.VIEWER,
    query=RowQuery,
    answers={200: list[BulkItemRow]},
    paged=True,
)
def list_bulk_items(bulk_id: str, query: RowQuery) -> Response:
    """List what became of the runs, in the order in which it happened; one that was taken back comes twice."""
    page = operations.bulk_items(platform(), actor(), bulk_id, query.limit, query.offset, query.cursor)
    return many(page, bulk_item_row)


@endpoint("POST", "/runs/bulk/{bulk_id}/undo", Role.OPERATOR, body=NoFields, body_optional=True, answers={202: BulkRow})
def undo_bulk(bulk_id: str) -> Response:
    """Take a bulk operation back, once and within a day (409 otherwise): what is not done yet is not done.

    Of a retry, the runs that it made and no worker has had are cancelled. Of a cancellation, the runs that it ended before
    any worker had them are made again, under the guards.
    """
    model_of(NoFields, json_object(optional=True))
    return _bulk(operations.undo_bulk(platform(), actor(), bulk_id), 202)


def _bulk(bulk: Bulk, status: int = 200, headers: dict[str, Any] | None = None) -> Response:
    return one(bulk_row(bulk, platform().store.now()), status, headers)
