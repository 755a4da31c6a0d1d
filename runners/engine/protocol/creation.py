"""A run about to be created: its id, its record's first fields, and the RQ job that carries it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine import clock
from runners.engine.audit import Author, Entry
from runners.engine.compact import compact
from runners.engine.job import Job
from runners.engine.pool import stored
from runners.engine.protocol.asking import before_start

ENTRY_POINT = "runners.perform.perform"
"""The only function that a message may name; its only argument is a run id."""
PAYLOAD = f'["{ENTRY_POINT}", null, [%s], {{}}]'


@dataclass(frozen=True, slots=True)
class Creation:
    """What `_create.lua` needs of one run. `slot_at` is None for a run that somebody asked for."""

    run_id: str
    job: Job
    source: str
    slot_at: datetime | None
    actor: str
    trace_id: str
    inputs: Mapping[str, Any]
    ignore_guards: bool = False

    def arguments(self) -> list[str | int]:
        """Return the script's arguments, in the order of `read_creation`."""
        spec, controls = self.job.spec, self.job.controls
        inputs = spec.inputs_text if self.inputs is spec.inputs else compact(self.inputs)
        fields = self._fields(inputs)
        return [
            self.run_id,
            self.job.job_id,
            controls.priority,
            stored(spec.pool),
            controls.flow_group or "",
            int(controls.allow_overlap),
            int(controls.failure_memory_enabled),
            int(self.ignore_guards),
            self.source,
            slot_ms(self.slot_at),
            self.job.spec.expires_sec * 1000 if self.job.spec.expires_sec else "",
            rq_payload(self.run_id),
            f"{self.job.spec.type} {self.job.job_id}",
            len(fields),
            *fields,
            *before_start(self.job, self.run_id, inputs, self.actor),
        ]

    def entry(self, author: Author) -> Entry:
        """Return what the audit says of it; inputs only where they are not the job's own."""
        after: dict[str, Any] = {"job_id": self.job.job_id, "job_version": self.job.version, "source": self.source}
        if self.inputs != self.job.spec.inputs:
            after["inputs"] = self.inputs
        if self.ignore_guards:
            after["guards"] = "ignore"
        return Entry(author, f"run:{self.run_id}", after=after)

    def _fields(self, inputs: str) -> list[str | int]:
        """Names and values. A small hash is searched from its start: first comes what is read most often."""
        job, spec = self.job, self.job.spec
        # fmt: off
        return [
            "job_id", spec.job_id, "slot_at", slot_ms(self.slot_at), *spec.run_fields,
            "job_version", job.version, "incarnation", job.incarnation, "source", self.source,
            "inputs", inputs, "actor", self.actor, "trace_id", self.trace_id,
        ]
        # fmt: on


def scheduled(job: Job, slot_at: datetime, name: str) -> Creation:
    """Return the run of one slot; its id `name` follows from job and slot, so that a repeated call has one effect."""
    return Creation(name, job, "schedule", slot_at, "scheduler", name, job.spec.inputs)


def rq_payload(run: str) -> str:
    """Return the RQ job's data as RQ's JSON serializer writes it: [function, instance, args, kwargs]."""
    return PAYLOAD % json.dumps(run)


def slot_ms(slot_at: datetime | None) -> str:
    """Return a time as the scripts have it: milliseconds, or '' for none."""
    return "" if slot_at is None else str(clock.to_ms(slot_at))
