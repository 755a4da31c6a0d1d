"""A spec reads back exactly what it writes, also when another version wrote it."""

from datetime import UTC, datetime, timedelta

import pytest

from runners.engine.job import Job, JobSpec, spec_from_json

FULL = {
    "job_id": "daily",
    "type": "report.daily",
    "schedule": {"cron": "15 18 * * 1-5", "timezone": "Asia/Jakarta", "misfire": "skip", "misfire_grace_sec": None},
    "timeout_ms": 100,
    "retry_policy": {"max_retry": 0, "backoff_sec": [0]},
    "inputs": {"dispatch_jitter_sec": 30, "text": "é", "nested": [{"a": None}]},
    "description": "what",
    "tags": ["a", "b"],
    "enabled": False,
    "on_worker_lost": "fail",
    "requires_approval": False,
    "approvers": "admin",
    "expires_sec": 60,
    "pool": "default",
}


def test_a_stored_spec_is_written_and_read_without_a_change():
    spec = spec_from_json(FULL)

    assert spec.to_json() == FULL
    assert spec_from_json(spec.to_json()) == spec


@pytest.mark.parametrize(
    "schedule", [None, {"interval_sec": 5}, {"at": "2031-01-01T00:00", "timezone": "Asia/Jakarta"}]
)
def test_every_kind_of_schedule_survives_the_store(schedule):
    spec = JobSpec.model_validate({"job_id": "a", "type": "b", "schedule": schedule})

    assert spec_from_json(spec.to_json()).schedule == spec.schedule


def test_fields_that_another_version_stored_are_passed_over():
    later = FULL | {"colour": "red"}

    assert spec_from_json(later) == spec_from_json(FULL)


def test_fields_that_another_version_stored_inside_are_passed_over():
    later = FULL | {
        "schedule": {"interval_sec": 5, "calendar": "x"},
        "retry_policy": {"max_retry": 1, "jitter": 2},
    }

    assert spec_from_json(later).retry_policy.max_retry == 1
    assert spec_from_json(later).schedule.interval == timedelta(seconds=5)


def test_a_job_goes_out_at_its_slot_plus_its_own_jitter():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    job = Job(spec_from_json(FULL), 1, 1, True, now, now, now, next_slot_at=now)

    assert now < job.next_run_at <= now + timedelta(seconds=30)
    assert (job.job_id, job.controls.jitter) == ("daily", timedelta(seconds=30))


def test_a_job_without_a_slot_does_not_go_out():
    now = datetime(2026, 1, 1, tzinfo=UTC)

    assert Job(spec_from_json(FULL), 1, 1, False, now, now, now).next_run_at is None


@pytest.mark.parametrize("job_id", [".", "..", "export", "import", "new", "preview"])
def test_a_job_cannot_take_the_name_of_a_route(job_id):
    with pytest.raises(ValueError, match="is reserved"):
        JobSpec(job_id=job_id, type="test.kind")
