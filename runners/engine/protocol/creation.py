"""A run about to be created: its id, its record's first fields, and the RQ job that carries it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine import clock
from runners.engine.compact import compact
from runners.engine.job import Job, JobSpec

ENTRY_POINT = "runners.perform.perform"
"""The only function that a message may name; its only argument is a run id."""


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
        controls = self.job.controls
        fields = [text for pair in self._fields().items() for text in pair]
        return [
            self.run_id,
            self.job.job_id,
            controls.priority,
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
        ]

    def _fields(self) -> dict[str, str | int]:
        """A small hash is searched from its start: first comes what is read most often."""
        return {
            "job_id": self.job.spec.job_id,
            "slot_at": slot_ms(self.slot_at),
            **_of_spec(self.job.spec),
            "job_version": self.job.version,
            "incarnation": self.job.incarnation,
            "source": self.source,
            "inputs": compact(self.inputs),
            "actor": self.actor,
            "trace_id": self.trace_id,
        }


def _of_spec(spec: JobSpec) -> dict[str, str | int]:
    controls = spec.controls
    return {
        "priority": controls.priority,
        "flow_group": controls.flow_group or "",
        "job_type": spec.type,
        "memory": int(controls.failure_memory_enabled),
        "max_retry": spec.retry_policy.max_retry,
        "timeout_ms": spec.timeout_ms,
        "on_worker_lost": spec.on_worker_lost,
        "backoff_sec": compact(spec.retry_policy.backoff_sec),
        "threshold": controls.failure_threshold,
        "cooldown_ms": clock.seconds(controls.cooldown_base) * 1000,
        "cooldown_max_ms": clock.seconds(controls.cooldown_max) * 1000,
    }


def scheduled(job: Job, slot_at: datetime, name: str) -> Creation:
    """Return the run of one slot; its id `name` follows from job and slot, so that a repeated call has one effect."""
    return Creation(name, job, "schedule", slot_at, "scheduler", name, job.spec.inputs)


def rq_payload(run: str) -> str:
    """Return the RQ job's data as RQ's JSON serializer writes it: [function, instance, args, kwargs]."""
    return json.dumps([ENTRY_POINT, None, [run], {}])


def slot_ms(slot_at: datetime | None) -> str:
    """Return a time as the scripts have it: milliseconds, or '' for none."""
    return "" if slot_at is None else str(clock.to_ms(slot_at))
