"""The two forms of a document to import: a bare list of specs, and a backup as `backup.export` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from runners.engine.errors import Invalid, Malformed, Problem
from runners.engine.fields import fault, show
from runners.engine.problems import problems_of
from runners.engine.schedule.at import YEARS
from runners.engine.store.failure_memory import FailureMemory

FORMAT = "multijob-backup"
VERSION = 1
JOBS_AT_ONCE = 10_000
"""Specs in one document: they are saved in one step, in which the store serves nobody else."""


def check_moment(moment: datetime) -> datetime:
    """Return `moment` in UTC when it lies in the years that schedules know; whoever reads one beyond them would fail."""
    if moment.year in YEARS:  # before it is converted: the first and the last year of all overflow
        return moment.astimezone(UTC)
    raise fault("moment", f"{show(moment.isoformat())} is not in the years {YEARS.start} to {YEARS.stop - 1}")


Moment = Annotated[AwareDatetime, Field(strict=False), AfterValidator(check_moment)]


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


def read_document(sent: object) -> Document:
    """Return what is to be imported, its specs still unchecked.

    Raises Malformed when `sent` is neither a list of objects nor a backup, and Invalid on a wrong memory.
    """
    if not isinstance(sent, Mapping):
        return Document(_specs(sent))
    if sent.get("format") != FORMAT or sent.get("version") != VERSION:
        raise Malformed(f"neither a list of jobs nor a backup: 'format' must be '{FORMAT}' and 'version' {VERSION}")
    jobs = _specs(sent.get("jobs"))
    return Document(jobs, _memories(sent.get("memory", {}), {str(job.get("job_id")) for job in jobs}), ("jobs",))


def _specs(sent: object) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(sent, (list, tuple)) or not all(isinstance(raw, Mapping) for raw in sent):
        raise Malformed("the jobs are not a list of objects; send what export gave")
    if len(sent) > JOBS_AT_ONCE:
        raise Malformed(f"{len(sent)} jobs are more than {JOBS_AT_ONCE}; import them in parts")
    return tuple(sent)


def _memories(sent: object, job_ids: set[str]) -> dict[str, FailureMemory]:
    if not isinstance(sent, Mapping):
        raise Malformed("'memory' of the backup is not an object of job ids; send the file as it was written")
    problems = list(_strangers(sent, job_ids))
    memories = {}
    for job_id, raw in sent.items():
        try:
            memories[job_id] = MemoryFields.model_validate(raw).to_memory()
        except ValidationError as error:
            problems += (problem.within("memory", job_id) for problem in problems_of(error, MemoryFields))
    if problems:
        raise Invalid(problems)
    return memories


def _strangers(sent: Mapping[str, Any], job_ids: set[str]) -> Iterator[Problem]:
    for job_id in sent:
        if job_id not in job_ids:
            fault = f"memory of '{str(job_id)[:128]}' belongs to no job of the backup; remove it"
            yield Problem(("memory", str(job_id)), fault, "stranger")
