"""The few figures of every page: what counts in them, what they cost, and what cannot spoil them."""

from runners.engine import operations
from runners.engine.protocol.presence import beat
from runners.engine.store.processes import ProcessBeat
from tests.store.making import ADMIN, claim, finished, save, start


def vitals(platform):
    return operations.vitals(platform, ADMIN)


def says(platform, clock, process_id, kind):
    beat(platform.store, ProcessBeat(process_id, kind, "host", 1, "0.1.0", clock(), "looks"))


def test_nothing_is_told_of_an_empty_platform(platform):
    found = vitals(platform)

    assert (found.depth, found.running, found.failed, found.approvals, found.workers) == (0, 0, 0, 0, 0)
    assert (found.depths, found.pressure, found.scheduler_at) == ((), False, None)


def test_runs_are_counted_where_they_are(clocked):
    for job_id in ("a", "b", "c"):
        save(clocked, job_id)
    finished(clocked, "a", error="no")
    start(clocked, "b")
    claim(clocked)
    start(clocked, "c")

    found = vitals(clocked)

    assert (found.depth, found.running, found.failed) == (1, 1, 1)


def test_a_failure_counts_for_an_hour(clocked, clock):
    save(clocked, "a")
    finished(clocked, "a", error="no")

    clock.advance(seconds=3700)

    assert vitals(clocked).failed == 0


def test_workers_count_while_they_beat_and_a_silent_scheduler_is_told_with_its_last_beat(clocked, clock):
    began = clock()
    for process_id, kind in (("w1", "worker"), ("w2", "worker"), ("s", "scheduler")):
        says(clocked, clock, process_id, kind)
    clock.advance(seconds=11)
    says(clocked, clock, "w2", "worker")

    found = vitals(clocked)

    assert (found.workers, found.scheduler_at) == (1, began)
    clock.advance(seconds=20)
    assert vitals(clocked).scheduler_at is None


def test_they_cost_three_round_trips_whatever_there_is(clocked, clock, round_trips):
    for number in range(5):
        save(clocked, f"job-{number}")
        start(clocked, f"job-{number}")
        says(clocked, clock, f"w{number}", "worker")

    with round_trips(clocked) as counted:
        vitals(clocked)

    assert counted.number == 2  # and the clock's, which stands still here


def test_a_broken_key_counts_as_nothing(clocked, clock):
    says(clocked, clock, "w1", "worker")
    store = clocked.store
    for key in (store.keys.leases, store.keys.depths, store.keys.pressure, store.keys.process("w1")):
        store.redis.delete(key)
        store.redis.set(key, "odd")

    found = vitals(clocked)

    assert (found.depth, found.running, found.workers, found.depths, found.pressure) == (0, 0, 0, (), False)
