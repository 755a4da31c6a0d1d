"""The overview shows what needs a look first, at the same cost however much there is."""

from runners.engine import operations
from runners.engine.operations import RunFilter
from runners.engine.protocol.presence import beat
from runners.engine.run import FailureKind
from runners.engine.store.processes import ProcessBeat
from tests.protocol.stage import Stage
from tests.store.making import ADMIN, claim, fail, finished, save, start, succeed


def test_an_empty_platform_has_an_overview(platform):
    found = operations.overview(platform, ADMIN)

    assert (found.jobs, found.workers, found.scheduler) == (0, 0, None)
    assert found.running == found.next == found.attention == found.failing == []


def test_what_fails_comes_first_and_then_what_runs(clocked):
    for job_id in ("a", "b", "c"):
        save(clocked, job_id, inputs={"failure_threshold": 1})
    finished(clocked, "c", error="no")
    start(clocked, "b")
    claim(clocked)

    found = operations.overview(clocked, ADMIN)

    assert [job.job_id for job in found.attention] == ["c", "b", "a"]
    assert [(job.job_id, memory.last_error) for job, memory in found.failing] == [("c", "no")]
    assert [run.job_id for run in found.running] == ["b"]
    assert (found.last_hour.queued, found.last_hour.failed) == (2, 1)


def test_failures_below_the_threshold_need_nobody(platform):
    save(platform, inputs={"failure_threshold": 2})
    finished(platform, error="no")

    assert operations.overview(platform, ADMIN).failing == []


def test_what_is_due_next_comes_in_order_of_time(clocked):
    for job_id, seconds in (("late", 300), ("soon", 10), ("never", None)):
        save(clocked, job_id, schedule={"interval_sec": seconds} if seconds else None)

    assert [job.job_id for job in operations.overview(clocked, ADMIN).next] == ["soon", "late"]


def test_workers_and_their_slots_are_counted(clocked, clock):
    for number in range(2):
        beat(
            clocked.store,
            ProcessBeat(f"w{number}", "worker", "host", number, "0.1.0", clock(), "idle", slots=3 + number),
        )
    beat(clocked.store, ProcessBeat("s", "scheduler", "host", 9, "0.1.0", clock(), "looks"))

    found = operations.overview(clocked, ADMIN)

    assert (found.workers, found.slots) == (2, 3 + 4)
    assert found.scheduler.id == "s"


def held_jobs(platform):
    return [job for _, jobs in operations.held_by(platform, ADMIN) for job in jobs]


def test_a_held_job_is_listed_until_its_slot_goes_out(clocked, clock):
    stage = Stage(clocked, clock)
    save(clocked, schedule={"interval_sec": 10}, inputs={"allow_overlap": False})
    start(clocked)
    (blocker,) = claim(clocked)
    clock.advance(seconds=10)
    stage.act(stage.look())

    held = held_jobs(clocked)
    counted = operations.queue(clocked, ADMIN).held
    succeed(clocked, blocker)
    stage.act(stage.look())

    assert [(job.job_id, job.held.hold.guard, job.held.hold.blocked_by) for job in held] == [
        ("daily", "overlap", (blocker.run_id,))
    ]
    assert counted == 1
    assert held_jobs(clocked) == []
    assert operations.queue(clocked, ADMIN).held == 0


def test_runs_that_crashed_to_their_end_are_listed_for_a_day_or_until_they_are_tried_again(clocked, clock):
    for job_id in ("a", "b", "c"):
        save(clocked, job_id)
    finished(clocked, "a", error="no")
    old, again = (crashed(clocked, job_id) for job_id in ("b", "c"))

    listed = operations.overview(clocked, ADMIN).poison
    operations.retry_run(clocked, ADMIN, again)
    after = operations.overview(clocked, ADMIN).poison
    clock.advance(days=1, seconds=1)

    assert {run.run_id for run in listed} == {old, again}
    assert [run.run_id for run in after] == [old]
    assert operations.overview(clocked, ADMIN).poison == []
    found = operations.list_runs(clocked, ADMIN, RunFilter(failure_kind=FailureKind.CRASHED), limit=10)
    assert {run.run_id for run in found.rows} == {old, again}


def crashed(platform, job_id):
    """Run a job whose process dies, to its end."""
    run = start(platform, job_id)
    (claimed,) = claim(platform)
    fail(platform, claimed, kind=FailureKind.CRASHED)
    return run.run_id
