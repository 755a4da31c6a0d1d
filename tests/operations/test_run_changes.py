"""Runs are cancelled while they are active and retried once they have ended; a retry passes the guards like any run."""

import pytest

from runners.engine import operations
from runners.engine.errors import Conflict, NotFound
from runners.engine.operations import RunFilter
from runners.engine.run import RunStatus
from tests.store.making import ADMIN, claim, finished, save, start

UNKNOWN = "run_2222222222_222222222222"


def cancel(platform, run_id):
    return operations.cancel_run(platform, ADMIN, run_id)


def retry(platform, run_id, **options):
    return operations.retry_run(platform, ADMIN, run_id, **options)


def refused(platform, run_id, **options):
    """Retry the run and return the refusal."""
    with pytest.raises(Conflict) as refusal:
        retry(platform, run_id, **options)
    return refusal.value


def test_a_run_that_waits_is_cancelled_at_once(platform):
    save(platform)

    done = cancel(platform, start(platform).run_id)

    assert (done.status, done.run.status) == ("cancelled", RunStatus.CANCELLED)
    assert done.run.error == "cancelled by ada"


def test_a_run_that_runs_is_asked_to_stop_however_often(platform):
    save(platform)
    run = start(platform)
    claim(platform)

    first, second = cancel(platform, run.run_id), cancel(platform, run.run_id)

    assert first.status == second.status == "asked"
    assert second.run.status is RunStatus.RUNNING
    assert second.run.cancel_requested


@pytest.mark.parametrize(("error", "status"), [(None, "success"), ("no", "failed")])
def test_a_run_that_has_ended_is_not_cancelled(platform, error, status):
    save(platform)
    run = finished(platform, error=error)

    with pytest.raises(Conflict, match=f"is {status}; only one that has not ended"):
        cancel(platform, run.run_id)

    assert operations.get_run(platform, ADMIN, run.run_id) == run


@pytest.mark.parametrize("change", [cancel, retry])
def test_an_unknown_run_can_neither_be_cancelled_nor_retried(platform, change):
    with pytest.raises(NotFound, match=UNKNOWN):
        change(platform, UNKNOWN)


def test_a_retry_is_a_new_run_with_the_inputs_of_the_old_one(platform):
    save(platform)
    old = operations.run_job(platform, ADMIN, "daily", {"work_ms": 300})
    cancel(platform, old.run_id)

    new = retry(platform, old.run_id)

    assert new.run_id != old.run_id
    assert (new.status, new.source, new.actor, new.slot_at) == (RunStatus.QUEUED, "retry", "ada", None)
    assert (new.inputs, new.job_version) == (old.inputs, old.job_version)
    assert operations.get_run(platform, ADMIN, old.run_id).status is RunStatus.CANCELLED


@pytest.mark.parametrize("number", [0, 1])
def test_an_active_run_is_not_retried(platform, number):
    save(platform)
    run = start(platform)
    claim(platform, number)
    status = "running" if number else "queued"

    assert f"is {status}; only one that has ended" in str(refused(platform, run.run_id))


def test_a_retry_of_an_older_version_runs_what_the_job_was_then(platform):
    save(platform, timeout_ms=5000, retry_policy={"max_retry": 7, "backoff_sec": [1]}, inputs={"work_ms": 200})
    old = finished(platform)
    save(platform, type="simulation.flaky", timeout_ms=9000, inputs={"fail_times": 1})

    new = retry(platform, old.run_id)

    assert (new.job_type, new.job_version, new.inputs) == ("simulation.heavy", 1, old.inputs)
    assert (new.timeout_ms, new.max_retry) == (5000, 7)


def test_a_retry_of_an_older_version_obeys_the_guards_of_today(platform):
    save(platform, inputs={"pressure_priority": "critical"})
    old = finished(platform)
    save(platform, inputs={"allow_overlap": False, "flow_group": "bank", "pressure_priority": "low"})
    active = start(platform)

    refusal = refused(platform, old.run_id)
    cancel(platform, active.run_id)
    new = retry(platform, old.run_id)

    assert (refusal.hold.guard, refusal.hold.blocked_by) == ("overlap", (active.run_id,))
    assert (new.flow_group, new.priority) == ("bank", "low")


def test_a_version_that_is_no_longer_kept_is_not_run(platform):
    save(platform)
    old = finished(platform)
    save(platform, timeout_ms=9000)
    platform.store.redis.ltrim(platform.store.keys.versions("daily"), 1, -1)

    refusal = refused(platform, old.run_id)

    assert str(refusal) == "version 1 of job 'daily' is no longer kept; run the job as it is now"


def test_a_retry_needs_its_job_and_takes_one_that_was_made_again(platform):
    save(platform, timeout_ms=5000)
    old = finished(platform)
    operations.delete_job(platform, ADMIN, "daily")

    refusal = refused(platform, old.run_id)
    save(platform, timeout_ms=9000)

    assert "job 'daily' is deleted; save the job again first" in str(refusal)
    assert retry(platform, old.run_id).timeout_ms == 5000


def test_cooldown_holds_a_retry_unless_guards_are_ignored(platform):
    save(platform, inputs={"failure_threshold": 1, "failure_cooldown_sec": 60})
    old = finished(platform, error="no")

    assert refused(platform, old.run_id).hold.guard == "cooldown"
    assert retry(platform, old.run_id, ignore_guards=True).status is RunStatus.QUEUED


def test_a_pause_holds_a_retry_that_ignores_guards(platform):
    save(platform)
    old = finished(platform)
    platform.store.redis.set(platform.store.keys.suspended, "1")

    assert refused(platform, old.run_id, ignore_guards=True).hold.guard == "paused"
    assert operations.list_runs(platform, ADMIN, RunFilter(source="retry"), limit=1).total == 0
