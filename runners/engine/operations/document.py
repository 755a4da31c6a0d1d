"""The two forms of a document to import: a bare list of specs, and a backup as `backup.export` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from runners.engine.clock import rfc3339
from runners.engine.errors import Invalid, Malformed, Problem
from runners.engine.fields import fault, show
from runners.engine.problems import problems_of
from runners.engine.schedule.at import YEARS
from runners.engine.store.failure_memory import FailureMemory

FORMAT = "multijob-backup"
VERSION = 1
JOBS_AT_ONCE = 10_000
"""Specs in one document: they are saved in one step, in which the store serves nobody else."""
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


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(require_text), AfterValidator(check_moment)]


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be imported. `place` is where the specs stand in what was sent, for the problems."""

    jobs: tuple[Mapping[str, Any], ...]
    memories: Mapping[str, FailureMemory] = field(default_factory=dict)
    place: tuple[str, ...] = ()


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


class BackupFields(BaseModel):
    """What a backup holds beside its jobs' own fields; those are checked where every job is."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    format: str
    version: int
    created_at: Moment | None = None
    jobs: Any = None
    memory: Any = None


def read_document(sent: object, now: datetime) -> Document:
    """Return what is to be imported, its specs still unchecked.

    Raises Malformed when `sent` is neither a list of objects nor a backup, and Invalid on a wrong field of a backup or
    of a memory, a cooldown that ends more than a week after `now` included.
    """
    if not isinstance(sent, Mapping):
        return Document(_specs(sent))
    version = sent.get("version")
    if sent.get("format") != FORMAT or type(version) is not int or version != VERSION:  # neither true nor 1.0 is 1
        raise Malformed(f"neither a list of jobs nor a backup: 'format' must be '{FORMAT}' and 'version' {VERSION}")
    _check_fields(sent)
    jobs = _specs(sent.get("jobs"))
    return Document(jobs, _memories(sent.get("memory", {}), {str(job.get("job_id")) for job in jobs}, now), ("jobs",))


def _check_fields(sent: Mapping[str, Any]) -> None:
    try:
        BackupFields.model_validate(sent)
    except ValidationError as error:
        raise Invalid(problems_of(error, BackupFields)) from None


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
