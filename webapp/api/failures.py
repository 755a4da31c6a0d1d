"""Failures, grouped by what they have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from flask import Response

from runners.engine import operations
from runners.engine.clock import EPOCH
from runners.engine.operations import Page, Role
from runners.engine.run import FailureKind
from runners.engine.store.failures import FailureFilter, FailureOrder
from webapp.api.answer import many
from webapp.api.endpoint import endpoint
from webapp.api.filters import JobName, Kind
from webapp.asking import actor, platform
from webapp.parsing_query import Query
from webapp.parsing_types import Digits, Moment, Offset, OneOf
from webapp.wire.failures import FailureRow, failure_row

WINDOW = timedelta(hours=24)


class FailureQuery(Query):
    """Which failures: those that ended from `since` (24 hours before `until`) to before `until` (now), by count or by the last."""

    since: Moment | None = None
    until: Moment | None = None
    job_id: JobName | None = None
    failure_kind: Kind | None = None
    order: Annotated[str, OneOf(tuple(FailureOrder))] = FailureOrder.COUNT
    limit: Annotated[int, Digits(1, 100)] = 25
    offset: Offset = 0


@endpoint("GET", "/failures", Role.VIEWER, query=FailureQuery, answers={200: list[FailureRow]}, paged=True)
def list_failures(query: FailureQuery) -> Response:
    """List failures by job, kind and line of the error, each group once, with how often, since when and in which versions.

    Of a window at most the 500 groups are counted that failed last; of one job all are. Groups stay as long as their runs.
    """
    until = query.until or platform().store.now()
    kind = FailureKind(query.failure_kind) if query.failure_kind else None
    wanted = FailureFilter(query.since or max(until, EPOCH + WINDOW) - WINDOW, until, query.job_id, kind)
    found = operations.list_failures(platform(), actor(), wanted, FailureOrder(query.order), query.limit, query.offset)
    return many(Page(found.rows, found.groups, complete=found.complete), failure_row)
