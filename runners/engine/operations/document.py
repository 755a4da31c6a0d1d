"""The forms of a document to import: a bare list of specs, an export, and a backup as `backup.export` writes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SkipValidation,
    ValidationError,
)

from runners.engine.clock import rfc3339
from runners.engine.errors import Invalid, Malformed, Problem
from runners.engine.fields import fault, show
from runners.engine.integrations.account_change import NAME
from runners.engine.job import JobSpec
from runners.engine.problems import problems_of
from runners.engine.schedule.at import YEARS
from runners.engine.store.failure_memory import FailureMemory

EXPORT = "multijob-export"
FORMAT = "multijob-backup"
FORMATS = (EXPORT, FORMAT)
VERSION = 1
JOBS_AT_ONCE = 10_000
"""Specs in one document: they are saved in one step, in which the store serves nobody else."""
FLOW_GROUP = r"^[A-Za-z0-9._:-]{1,64}$"
LONGEST_COOLDOWN = timedelta(seconds=604_800)
"""What `failure_cooldown_max_sec` allows at most; a memory beyond it would hold its job for as long as it says."""


def check_moment(moment: datetime) -> datetime:
    """Return `moment` in UTC when it lies in the years that schedules know; whoever reads one beyond them would fail."""
    if moment.year in YEARS:  # before it is converted: the first and the last year of all overflow
        return moment.astimezone(UTC)
    raise fault("moment", f"{show(moment.isoformat())} is not in the years {YEARS.start} to {YEARS.stop - 1}")


def require_text(sent: object) -> object:
    """Return `sent` when it is text; pydantic would read a number as seconds since 1970."""
    if isinstance(sent, str):
        return sent
    raise fault("moment", f"{show(sent)} is no time such as 2026-01-31T18:15:00Z")


Lacking = Annotated[str, Field(pattern=r"^(job|account):\S+$", max_length=300)]
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(require_text), AfterValidator(check_moment)]


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be imported. `place` is where the specs stand in what was sent, for the problems.

    `limits` are the own limits of flow groups, 0 for none; `accounts` are still unchecked. `unreadable` says what is not in
    it, because it could not be read.
    """

    jobs: tuple[Mapping[str, Any], ...]
    memories: Mapping[str, FailureMemory] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    accounts: tuple[Mapping[str, Any], ...] = ()
    place: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


class MemoryFields(BaseModel):
    """One failure memory in a backup; `last_error` has at most 2000 characters."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    consecutive_failures: Annotated[int, Field(ge=0, le=10**9)] = 0
    cooldown_until: Moment | None = None
    last_error: Annotated[str, Field(max_length=2000)] | None = None
    last_failure_at: Moment | None = None
    last_success_at: Moment | None = None

    def to_memory(self) -> FailureMemory:
        """Return the value that the store keeps."""
        return FailureMemory(**self.model_dump())


class LimitFields(BaseModel):
    """The limit of its own that a flow group has, 0 or null for none."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    flow_group: Annotated[str, Field(pattern=FLOW_GROUP)]
    limit: Annotated[int, Field(ge=0, le=1000)] | None


class AccountFields(BaseModel):
    """An account without its secrets; those that it has stay as they are."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    provider: Annotated[str, Field(pattern=f"^{NAME}$")]
    account_id: Annotated[str, Field(pattern=f"^{NAME}$")]
    label: str | None = None
    enabled: bool | None = None
    base_url: str | None = None
    config: dict[str, Any] | None = None


class BackupFields(BaseModel):
    """An export or a backup. Jobs and memories are checked one by one, so that each problem has the name of its job."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    format: Literal["multijob-export", "multijob-backup"]
    version: Literal[1]
    created_at: Moment | None = None
    jobs: SkipValidation[list[JobSpec]]
    memory: SkipValidation[dict[str, MemoryFields]] = Field(default_factory=dict)
    flow_groups: Annotated[list[LimitFields], Field(max_length=JOBS_AT_ONCE)] = Field(default_factory=list)
    accounts: Annotated[list[AccountFields], Field(max_length=JOBS_AT_ONCE)] = Field(default_factory=list)
    unreadable: Annotated[list[Lacking], Field(max_length=JOBS_AT_ONCE)] = Field(default_factory=list)


def read_document(sent: object, now: datetime) -> Document:
    """Return what is to be imported, its specs still unchecked.

    Raises Malformed when `sent` is neither a list of objects nor a backup, and Invalid on a wrong field of a backup or
    of a memory, a cooldown that ends more than a week after `now` included.
    """
    if not isinstance(sent, Mapping):
        return Document(_specs(sent))
    version = sent.get("version")
    if sent.get("format") not in FORMATS or type(version) is not int or version != VERSION:  # neither true nor 1.0 is 1
        known = " or ".join(f"'{name}'" for name in FORMATS)
        raise Malformed(f"neither a list of jobs nor an export: 'format' must be {known} and 'version' {VERSION}")
    jobs = _specs(sent.get("jobs"))
    fields = _fields({"memory": {}} | {**sent, "jobs": []})
    memories = _memories(sent.get("memory", {}), {str(job.get("job_id")) for job in jobs}, now)
    return Document(
        jobs,
        memories,
        limits={row.flow_group: row.limit or 0 for row in fields.flow_groups},
        accounts=tuple(row.model_dump(exclude_unset=True) for row in fields.accounts),
        place=("jobs",),
        unreadable=tuple(fields.unreadable),
    )


def _fields(sent: Mapping[str, Any]) -> BackupFields:
    try:
        fields = BackupFields.model_validate(sent)
    except ValidationError as error:
        raise Invalid(problems_of(error, BackupFields)) from None
    named = [
        *((row.flow_group,) for row in fields.flow_groups),
        *((row.provider, row.account_id) for row in fields.accounts),
    ]
    twice = next((name for name, count in Counter(named).items() if count > 1), None)
    if twice:
        place = "flow_groups" if len(twice) == 1 else "accounts"
        raise Invalid([Problem((place,), f"{place} names '{'/'.join(twice)}' twice; keep one of them", "doubled")])
    return fields


def _specs(sent: object) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(sent, (list, tuple)) or not all(isinstance(raw, Mapping) for raw in sent):
        raise Malformed("the jobs are not a list of objects; send what export gave")
    if len(sent) > JOBS_AT_ONCE:
        raise Malformed(f"{len(sent)} jobs are more than {JOBS_AT_ONCE}; import them in parts")
    return tuple(sent)


def _memories(sent: object, job_ids: set[str], now: datetime) -> dict[str, FailureMemory]:
    if not isinstance(sent, Mapping):
        raise Malformed("'memory' of the backup is not an object of job ids; send the file as it was written")
    problems = list(_strangers(sent, job_ids))
    memories: dict[str, FailureMemory] = {}
    for job_id, raw in sent.items():
        try:
            memories[job_id] = MemoryFields.model_validate(raw).to_memory()
        except ValidationError as error:
            problems += (problem.within("memory", job_id) for problem in problems_of(error, MemoryFields))
    problems += _endless(memories, now + LONGEST_COOLDOWN)
    if problems:
        raise Invalid(problems)
    return memories


def _endless(memories: Mapping[str, FailureMemory], latest: datetime) -> Iterator[Problem]:
    for job_id, memory in memories.items():
        until = memory.cooldown_until
        if until and until > latest:
            fault = f"cooldown_until '{rfc3339(until)}' is more than 604800 seconds ahead; no cooldown lasts longer"
            yield Problem(("memory", job_id, "cooldown_until"), fault, "too_far_ahead")


def _strangers(sent: Mapping[str, Any], job_ids: set[str]) -> Iterator[Problem]:
    for job_id in sent:
        if job_id not in job_ids:
            fault = f"memory of '{str(job_id)[:128]}' belongs to no job of the backup; remove it"
            yield Problem(("memory", str(job_id)), fault, "stranger")
