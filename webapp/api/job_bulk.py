"""Many jobs at once: see what it comes to, do it to exactly those, and look how far it is; docs/api.md."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from flask import Response, request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from runners.engine import operations
from runners.engine.bulk import MOST, Action, Bulk
from runners.engine.fields import Whole, fault
from runners.engine.job.spec import check_job_id
from runners.engine.job_bulk import Wish
from runners.engine.operations import Role, Selection
from webapp.api.answer import many, one
from webapp.api.bulk import texts_only
from webapp.api.endpoint import endpoint
from webapp.api.filters import ExportQuery, RowQuery
from webapp.api.jobs import NoFields
from webapp.asking import actor, platform
from webapp.language import language
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.job_bulk import (
    JobBulkItemRow,
    JobBulkRow,
    JobPlanRow,
    job_bulk_item_row,
    job_bulk_row,
    job_plan_row,
)

JobId = Annotated[str, AfterValidator(check_job_id)]
JobIds = Annotated[list[JobId], Field(min_length=1, max_length=MOST)]
Versions = Annotated[dict[JobId, Annotated[int, Whole(1, 999_999_999)]], Field(min_length=1, max_length=MOST)]


class JobBulkPreview(BaseModel):
    """What to do to which jobs: `job_ids`, `versions` (each job with the version that you saw), or a `filter` that takes what
    the query string of `GET /jobs` takes.

    `tag` belongs to tag and untag; with `cancel` the active runs of what is deleted end with it.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    action: Literal["enable", "disable", "run", "tag", "untag", "delete"]
    job_ids: JobIds | None = None
    versions: Versions | None = None
    filter: Annotated[ExportQuery, BeforeValidator(texts_only)] | None = None
    tag: str | None = None
    cancel: bool = False

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(said is not None for said in (self.job_ids, self.versions, self.filter)) != 1:
            raise fault("one_of_three", "give job_ids, versions or filter; an empty filter selects every job")
        return self

    @property
    def wish(self) -> Wish:
        """What is to be done."""
        return Wish(Action(self.action), self.tag or "", self.cancel)

    @property
    def selection(self) -> Selection:
        """Which jobs."""
        if self.filter is not None:
            return Selection(wanted=self.filter.filter())
        return Selection(self.versions or dict.fromkeys(self.job_ids or ()))


class JobBulkRequest(JobBulkPreview):
    """The same, with the number of jobs that you expect and, from the preview, the `digest` of what you saw."""

    expected: Annotated[int, Whole(1, MOST)]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] | None = None


@endpoint(
    "POST",
    "/jobs/bulk/preview",
    Role.OPERATOR,
    body=JobBulkPreview,
    answers={200: JobPlanRow},
    refusals=(409,),
    worded=True,
)
def preview_job_bulk() -> Response:
    """Say what would become of each job; nothing is changed. Deleting is an administrator's."""
    asked = model_of(JobBulkPreview, json_object())
    plan = operations.preview_job_bulk(platform(), actor(), asked.wish, asked.selection)
    return one(job_plan_row(asked.wish.action, plan, language()))


@endpoint(
    "POST",
    "/jobs/bulk",
    Role.OPERATOR,
    body=JobBulkRequest,
    answers={202: JobBulkRow},
    headers={"Location": "its progress"},
    refusals=(409,),
)
def begin_job_bulk() -> Response:
    """Enable, disable, run, tag or delete the jobs, if exactly `expected` are selected (409 with `actual` otherwise).

    They are written down with their versions, under one audit entry, and done by schedulers, 100 a second at most; one that
    somebody changes meanwhile is left alone. GET /jobs/bulk/{bulk_id} shows how far it is. Deleting is an administrator's.
    """
    asked = model_of(JobBulkRequest, json_object())
    key = request.headers.get("Idempotency-Key")
    bulk = operations.begin_job_bulk(
        platform(), actor(), asked.wish, asked.selection, asked.expected, asked.digest, key
    )
    return _bulk(bulk, 202, {"Location": f"/jobs/bulk/{bulk.bulk_id}"})


@endpoint("GET", "/jobs/bulk/{bulk_id}", Role.VIEWER, answers={200: JobBulkRow})
def read_job_bulk(bulk_id: str) -> Response:
    """Say how far a bulk operation on jobs is; it is kept for a day behind its end."""
    return _bulk(operations.get_job_bulk(platform(), actor(), bulk_id))


@endpoint(
    "GET",
    "/jobs/bulk/{bulk_id}/items",
    Role.VIEWER,
    query=RowQuery,
    answers={200: list[JobBulkItemRow]},
    paged=True,
    worded=True,
)
def list_job_bulk_items(bulk_id: str, query: RowQuery) -> Response:
    """List what became of the jobs, in the order in which it happened."""
    operations.get_job_bulk(platform(), actor(), bulk_id)
    page = operations.bulk_items(platform(), actor(), bulk_id, query.limit, query.offset, query.cursor)
    spoken = language()
    return many(page, lambda item: job_bulk_item_row(item, spoken))


@endpoint(
    "POST",
    "/jobs/bulk/{bulk_id}/undo",
    Role.OPERATOR,
    body=NoFields,
    body_optional=True,
    answers={202: JobBulkRow},
    refusals=(409,),
)
def undo_job_bulk(bulk_id: str) -> Response:
    """Take back what was done to jobs, once and within a day: of each job that is still as the operation left it.

    Enabling, disabling, and tags that were given or taken can be undone (409 otherwise). A job whose version or state is another
    by now is kept as it is; one whose turn had not come is left alone.
    """
    model_of(NoFields, json_object(optional=True))
    return _bulk(operations.undo_job_bulk(platform(), actor(), bulk_id), 202)


def _bulk(bulk: Bulk, status: int = 200, headers: dict[str, Any] | None = None) -> Response:
    return one(job_bulk_row(bulk, platform().store.now()), status, headers)
