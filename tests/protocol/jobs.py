"""Job specs and jobs that show only what a test is about."""

from datetime import UTC, datetime
from typing import Any

from runners.engine.job import Job, JobSpec, spec_from_json

START = datetime(2030, 1, 1, tzinfo=UTC)
CONTROLS = {
    "allow_overlap", "pressure_priority", "flow_group", "flow_max_active_runs", "dispatch_jitter_sec",
    "failure_memory_enabled", "failure_threshold", "failure_cooldown_sec", "failure_cooldown_max_sec",
}  # fmt: skip
SHORT = {"priority": "pressure_priority", "overlap": "allow_overlap", "flow": "flow_group", "flow_limit": "flow_max_active_runs",
         "jitter": "dispatch_jitter_sec", "memory": "failure_memory_enabled", "threshold": "failure_threshold",
         "cooldown": "failure_cooldown_sec", "cooldown_max": "failure_cooldown_max_sec"}  # fmt: skip
JOBS = {
    "hourly": {"every": 3600, "flow": "f", "flow_limit": 2},
    "flow-1": {"every": 10, "flow": "f", "max_retry": 1},
    "flow-2": {"every": 10, "pool": "far", "flow": "f", "max_retry": 2, "on_worker_lost": "fail"},
    "urgent": {"every": 10, "priority": "critical", "max_retry": 1},
    "fragile": {"every": 10, "threshold": 1, "cooldown": 15, "cooldown_max": 60},
    "careful": {"every": 10, "requires_approval": True, "max_retry": 1},
    "many": {"every": 5, "overlap": True, "priority": "low", "max_retry": 1, "expires_sec": 40},
}
"""The jobs of the random life (`machine.py`)."""


def a_spec(job_id: str = "daily", **changes: Any) -> JobSpec:
    """Return a spec: every 10 s, no retries, unless `changes` say otherwise; control fields by their names or short ones."""
    inputs = dict(changes.pop("inputs", {}))
    for name in list(changes):
        control = SHORT.get(name, name)
        if control in CONTROLS:
            inputs[control] = changes.pop(name)
    retry = {"max_retry": changes.pop("max_retry", 0), "backoff_sec": changes.pop("backoff_sec", [1])}
    schedule = changes.pop("schedule", {"interval_sec": changes.pop("every", 10)})
    raw = {"job_id": job_id, "type": "test.kind", "schedule": schedule, "inputs": inputs, "retry_policy": retry}
    return spec_from_json(raw | changes)


def a_job(job_id: str = "daily", *, next_slot_at: datetime | None = START, **changes: Any) -> Job:
    """Return a job as the store would have it, anchored at `START` and due then."""
    place = {name: changes.pop(name) for name in ("held", "enabled", "incarnation", "anchor_at") if name in changes}
    stored = {"version": 1, "incarnation": 1, "enabled": True, "anchor_at": START} | place
    return Job(spec=a_spec(job_id, **changes), created_at=START, updated_at=START, next_slot_at=next_slot_at, **stored)
