"""Typed call of restore: many jobs, failure memories, own limits of flow groups and records at once, or none of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runners.engine.audit import Author, Entry
from runners.engine.protocol.audit import audited
from runners.engine.protocol.change import Change
from runners.engine.protocol.records import Put, Said, record_arguments
from runners.engine.store.connection import Store


@dataclass(frozen=True, slots=True)
class Limit:
    """The own limit of a flow group, as it was read and as it shall be; 0 for none."""

    flow_group: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Restoring:
    """What is to be saved in one step; memories are hash fields by job id, and follow the jobs."""

    jobs: Sequence[Change]
    memories: Mapping[str, Mapping[str, str | int]] = field(default_factory=dict)
    limits: Sequence[Limit] = ()
    records: Sequence[Put] = ()
    events: Sequence[Said] = ()


def restore(store: Store, restoring: Restoring, author: Author, now: datetime) -> str:
    """Save all of it under one audit entry. Returns ok, or stale when nothing was done: something is not what it was."""
    arguments = [*_expected(restoring, author), *_written(restoring, author, now)]
    return str(audited(store, _entry(restoring, author), "restore", *arguments))


def _expected(restoring: Restoring, author: Author) -> Iterator[str | int]:
    """Yield all that is compared, before anything is written."""
    yield len(restoring.jobs)
    for change in restoring.jobs:
        yield from (change.spec.job_id, change.expected)
    yield len(restoring.limits)
    for limit in restoring.limits:
        about = {"flow_group": limit.flow_group, "limit": limit.after, "actor": author.name}
        yield from (limit.flow_group, limit.before, limit.after, json.dumps(about))
    yield len(restoring.records)
    for record in restoring.records:
        yield from record_arguments(record)


def _written(restoring: Restoring, author: Author, now: datetime) -> Iterator[str | int]:
    for change in restoring.jobs:
        # the script takes id and version from the list that it compares
        yield from change.arguments(author, now)[2:]
    yield len(restoring.memories)
    for job_id, fields in restoring.memories.items():
        yield from (job_id, fields["failures"], 2 * len(fields), *(part for pair in fields.items() for part in pair))
    yield len(restoring.events)
    for said in restoring.events:
        yield from (said.type, json.dumps(said.about))


def _entry(restoring: Restoring, author: Author) -> Entry:
    """Return one entry for all: a short item for each thing."""
    items: list[Mapping[str, Any]] = [
        {
            "object": f"job:{one.spec.job_id}",
            "did": "updated" if one.before else "created",
            "fields": one.changed_fields,
        }
        for one in restoring.jobs
    ]
    items += ({"object": f"job:{job_id}", "did": "memory replaced"} for job_id in restoring.memories)
    items += (
        {"object": f"flow:{one.flow_group}", "did": f"limit {one.before} to {one.after}"} for one in restoring.limits
    )
    items += (
        {"object": f"account:{one.name}", "did": "updated" if one.expected else "created"} for one in restoring.records
    )
    counts = {
        "jobs": len(restoring.jobs),
        "memories": len(restoring.memories),
        "flow_groups": len(restoring.limits),
        "accounts": len(restoring.records),
    }
    return Entry(author, "jobs", after=counts, items=items)
