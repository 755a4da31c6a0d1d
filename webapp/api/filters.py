"""What the routes of the API take in their query strings."""

from __future__ import annotations

from typing import Annotated

from runners.engine.approval import ApprovalStatus
from runners.engine.audit import OUTCOMES, SURFACES
from runners.engine.operations import AuditFilter, DeliveryFilter, DeliveryStatus, EventFilter, JobFilter, RunFilter
from runners.engine.run import FailureKind, RunStatus
from runners.engine.store.keys import PRIORITIES
from runners.engine.store.run_index import NAMED_AT_MOST
from webapp.api.endpoint import FlowGroupName, JobId, RecordName, RunId
from webapp.parsing_query import Query
from webapp.parsing_types import Cursor, Digits, Flag, Moment, Offset, OneOf, Search, Word

JobName = Annotated[str, Word(JobId.regex, "job id")]
RunName = Annotated[str, Word(RunId.regex, "run id")]
FlowGroup = Annotated[str, Word(FlowGroupName.regex, "flow group")]
RunNames = Annotated[str, Word(rf"{RunId.regex}(,{RunId.regex}){{0,{NAMED_AT_MOST - 1}}}", "list of run ids")]
FailureName = Annotated[str, Word(r"[1-9][0-9]{0,14}", "group of failures")]
Status = Annotated[str, OneOf(tuple(RunStatus))]
Kind = Annotated[str, OneOf(tuple(FailureKind))]
Source = Annotated[str, OneOf(("schedule", "manual", "retry", "planner", "chat", "api"))]
EventName = Annotated[str, Word(r"[a-z_]{1,40}(\.[a-z_]{1,60}){0,3}(\.\*)?", "event type")]


class ExportQuery(Query):
    """Which jobs to export."""

    search: Search | None = None
    enabled: Flag | None = None
    type: Search | None = None
    flow_group: FlowGroup | None = None
    tag: Search | None = None
    paused: Flag | None = None
    held: Flag | None = None
    failing: Flag | None = None

    def filter(self) -> JobFilter:
        """Return what the operation filters by; an empty search finds everything."""
        words = (self.search or None, self.enabled, self.type, self.flow_group, self.tag)
        return JobFilter(*words, self.paused, self.held, self.failing)


class JobQuery(ExportQuery):
    """Which jobs to list; `cursor` is the one of a `Link` header and takes the place of `offset`."""

    limit: Annotated[int, Digits(1, 1000)] = 200
    offset: Offset = 0
    cursor: Cursor | None = None


class WorkflowQuery(Query):
    """Which agent workflows to list; `lane` is a flow group, `cursor` the one of a `Link` header, in place of `offset`."""

    search: Search | None = None
    enabled: Flag | None = None
    lane: FlowGroup | None = None
    limit: Annotated[int, Digits(1, 1000)] = 200
    offset: Offset = 0
    cursor: Cursor | None = None

    def filter(self) -> JobFilter:
        """Return what the operation filters by; an empty search finds everything."""
        return JobFilter(search=self.search or None, enabled=self.enabled, flow_group=self.lane)


class PartQuery(Query):
    """Which part of a short list; `cursor` is the one of a `Link` header and takes the place of `offset`."""

    limit: Annotated[int, Digits(1, 1000)] = 1000
    offset: Offset = 0
    cursor: Cursor | None = None


class RowQuery(Query):
    """Which rows of a list; `cursor` is the one of a `Link` header and takes the place of `offset`."""

    limit: Annotated[int, Digits(1, 500)] = 200
    offset: Offset = 0
    cursor: Cursor | None = None


class PauseQuery(Query):
    """What to pause or resume; everything without a priority."""

    priority: Annotated[str, OneOf(PRIORITIES)] | None = None


class DeleteQuery(Query):
    """Whether active runs end with their job."""

    cancel: Flag = False


class ForecastQuery(Query):
    """How far to look ahead."""

    count: Annotated[int, Digits(1, 100)] = 10


class DecisionQuery(Query):
    """Which rows of a job's ledger, and whether the guards are asked again about what they saw then.

    `cursor` is the one of a `Link` header and takes the place of `offset`.
    """

    limit: Annotated[int, Digits(1, 1000)] = 200
    offset: Offset = 0
    cursor: Cursor | None = None
    replay: Flag = False


class WhatIfQuery(Query):
    """Which rows: those that come out otherwise, or all of them."""

    limit: Annotated[int, Digits(1, 1000)] = 200
    offset: Offset = 0
    all: Flag = False


class VersionQuery(Query):
    """Which of a job's versions to list; `cursor` is the one of a `Link` header and takes the place of `offset`."""

    limit: Annotated[int, Digits(1, 100)] = 20
    offset: Offset = 0
    cursor: Cursor | None = None


class ImportQuery(Query):
    """Whether to say only what would change."""

    dry_run: Flag = False


class JobRunsQuery(Query):
    """Which of a job's runs to list; `cursor` is the one of a `Link` header and takes the place of `offset`."""

    status: Status | None = None
    limit: Annotated[int, Digits(1, 500)] = 50
    offset: Offset = 0
    cursor: Cursor | None = None
    full: Flag = False

    @property
    def run_status(self) -> RunStatus | None:
        """The status to filter by."""
        return RunStatus(self.status) if self.status else None


class RunFilterFields(Query):
    """Which runs: those that pass all that is given. `since` is inclusive, `until` exclusive; both are about the creation.

    `ended_since` and `ended_until` are the same about the end. `failure` is a group of `GET /failures`, whose runs come by
    their ends; `run_ids` names up to 100 runs, with commas between them.
    """

    job_id: JobName | None = None
    status: Status | None = None
    source: Source | None = None
    flow_group: FlowGroup | None = None
    search: Search | None = None
    since: Moment | None = None
    until: Moment | None = None
    failure_kind: Kind | None = None
    failure: FailureName | None = None
    ended_since: Moment | None = None
    ended_until: Moment | None = None
    run_ids: RunNames | None = None

    def filter(self) -> RunFilter:
        """Return what the operation filters by."""
        return RunFilter(
            self.job_id,
            RunStatus(self.status) if self.status else None,
            self.source,
            self.flow_group,
            self.search or None,
            self.since,
            self.until,
            FailureKind(self.failure_kind) if self.failure_kind else None,
            self.failure,
            self.ended_since,
            self.ended_until,
            tuple(self.run_ids.split(",")) if self.run_ids else None,
        )


class ApprovalQuery(Query):
    """Which approvals to list; `cursor` is the one of a `Link` header and takes the place of `offset`."""

    status: Annotated[str, OneOf(tuple(ApprovalStatus))] | None = None
    job_id: JobName | None = None
    limit: Annotated[int, Digits(1, 500)] = 50
    offset: Offset = 0
    cursor: Cursor | None = None

    @property
    def approval_status(self) -> ApprovalStatus | None:
        """The status to filter by."""
        return ApprovalStatus(self.status) if self.status else None


class RunQuery(RunFilterFields):
    """Which runs to list; `cursor` is the one of a `Link` header and takes the place of `offset`."""

    limit: Annotated[int, Digits(1, 500)] = 50
    offset: Offset = 0
    cursor: Cursor | None = None
    full: Flag = False


class AuditQuery(Query):
    """Which entries of the audit to list. Words are exact; `since` is in it, `until` is not.

    `cursor` is the one of a `Link` header and takes the place of `offset`.
    """

    actor: Search | None = None
    object: Search | None = None
    surface: Annotated[str, OneOf(SURFACES)] | None = None
    operation: Search | None = None
    outcome: Annotated[str, OneOf(OUTCOMES)] | None = None
    since: Moment | None = None
    until: Moment | None = None
    limit: Annotated[int, Digits(1, 500)] = 100
    offset: Offset = 0
    cursor: Cursor | None = None

    def filter(self) -> AuditFilter:
        """Return what the operation filters by."""
        words = (self.actor or None, self.object or None, self.surface, self.operation or None, self.outcome)
        return AuditFilter(*words, self.since, self.until)


class TurnedAwayQuery(Query):
    """Which refusals to list."""

    limit: Annotated[int, Digits(1, 500)] = 100
    offset: Offset = 0


class DeliveryQuery(Query):
    """Which deliveries to list."""

    rule_id: Annotated[str, Word(RecordName.regex, "rule id")] | None = None
    status: Annotated[str, OneOf(tuple(DeliveryStatus))] | None = None
    limit: Annotated[int, Digits(1, 500)] = 50
    offset: Offset = 0
    cursor: Cursor | None = None

    def filter(self) -> DeliveryFilter:
        """Return what the operation filters by."""
        return DeliveryFilter(self.rule_id, DeliveryStatus(self.status) if self.status else None)


class CatalogQuery(Query):
    """Which templates to list; `search` looks at ids, labels and descriptions."""

    kind: Annotated[str, OneOf(("account", "mcp"))] | None = None
    transport: Annotated[str, OneOf(("stdio", "http"))] | None = None
    search: Search | None = None


class EventQuery(Query):
    """Which events to list; without `since`, limit and offset count back from the newest."""

    since: Moment | None = None
    event_type: EventName | None = None
    search: Search | None = None
    job_id: JobName | None = None
    run_id: RunName | None = None
    limit: Annotated[int, Digits(1, 500)] = 200
    offset: Offset = 0
    cursor: Cursor | None = None

    def filter(self) -> EventFilter:
        """Return what the operation filters by."""
        return EventFilter(self.since, self.event_type, self.search or None, self.job_id, self.run_id)
