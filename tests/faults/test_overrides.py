"""Every method of RQ that the platform overrides is needed: taken away, a promised behaviour breaks."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rq.utils import now

from runners.engine.job import JobSpec
from runners.engine.platform import Platform
from runners.engine.protocol.creation import Creation, rq_payload
from runners.engine.protocol.define import Author, save
from runners.engine.protocol.dispatch import admit
from runners.engine.queue import RunJob, RunningRegistry, RunQueue
from runners.engine.store.connection import connect_rq
from runners.engine.store.jobs import load_job
from runners.scheduler import GuardedScheduler
from runners.worker import RunWorker
from tests.faults.bait import touched
from tests.servers import free_port

AUDITED = (RunQueue, RunJob, RunningRegistry, RunWorker, GuardedScheduler)
Check = Callable[[Platform], None]
CHECKS: dict[tuple[type, str], Check] = {}
MODE_OF: dict[tuple[type, str], str] = {}


def breaks_without(owner: type, *names: str, mode: str = "streams-redis7") -> Callable[[Check], Check]:
    """Register a behaviour that holds in `mode`, and that breaks when any of these overrides is taken away."""

    def register(check: Check) -> Check:
        CHECKS.update({(owner, name): check for name in names})
        MODE_OF.update({(owner, name): mode for name in names})
        return check

    return register


def overrides(owner: type) -> set[tuple[type, str]]:
    own = (name for name in vars(owner) if name == "__init__" or not name.startswith("__"))
    return {(owner, name) for name in own if any(name in vars(base) for base in owner.__mro__[1:])}


def test_every_override_is_audited() -> None:
    assert {pair for owner in AUDITED for pair in overrides(owner)} == set(CHECKS)


def waiting_run(platform: Platform, **schedule: Any) -> str:
    """Queue a run of a new job and return its id."""
    store = platform.store
    spec = JobSpec.model_validate({"job_id": "own", "type": "simulation.heavy", "inputs": {"work_ms": 100}, **schedule})
    assert save(store, spec, True, None, Author("faults", "system"), store.now()).word == "ok"
    job = load_job(store, "own")
    assert job is not None
    creation = Creation("run_own", job, "manual", None, "faults", "t", job.spec.inputs)
    assert admit(store, platform.settings, creation, job.version, Author("faults", "system")).word == "ok"
    return creation.run_id


def queue_of(platform: Platform) -> RunQueue:
    return RunQueue("normal", connection=platform.store.rq_redis)


def cut_off(platform: Platform) -> RunWorker:
    """Return a worker whose store has gone away."""
    worker = RunWorker.on(platform)
    worker.connection = connect_rq(f"redis://127.0.0.1:{free_port()}/0")
    return worker


@breaks_without(RunQueue, "__init__", "count")
def queue_counts_what_waits(platform: Platform) -> None:
    waiting_run(platform)
    assert queue_of(platform).count == 1


@breaks_without(RunQueue, "get_job_ids")
def queue_lists_what_waits(platform: Platform) -> None:
    run = waiting_run(platform)
    assert queue_of(platform).get_job_ids() == [run]


@breaks_without(RunQueue, "empty")
def empty_drops_the_messages_and_no_run(platform: Platform) -> None:
    waiting_run(platform, pool="gpu")
    assert queue_of(platform).empty() == 1
    assert not platform.store.redis.exists(platform.store.keys.stream("normal", "gpu"))
    assert queue_of(platform).count == 1


@breaks_without(RunQueue, "started_job_registry")
@breaks_without(RunningRegistry, "count", "get_job_ids")
def registry_knows_what_runs(platform: Platform) -> None:
    run = waiting_run(platform)
    assert [one.run_id for one in RunWorker.on(platform).slots.claim(1)] == [run]
    assert queue_of(platform).started_job_registry.get_job_ids() == [run]
    assert queue_of(platform).started_job_registry.count == 1


@breaks_without(RunJob, "__init__")
def job_reads_json_only(platform: Platform) -> None:
    rq_job = RunJob("run_own", connection=platform.store.rq_redis)
    rq_job.data = rq_payload("run_own").encode()
    assert rq_job.args == ["run_own"]


@breaks_without(RunJob, "_execute")
def job_of_a_checked_payload_calls_its_entry(platform: Platform) -> None:
    assert RunJob.of("run_own", b"", str.upper, platform.store.rq_redis).perform() == "RUN_OWN"


@breaks_without(RunWorker, "queue_class")
def worker_s_queues_count_what_waits(platform: Platform) -> None:
    waiting_run(platform)
    assert [queue.count for queue in RunWorker.on(platform).queues] == [0, 1, 0]


@breaks_without(RunWorker, "check_for_suspension")
def suspension_check_outlives_the_store(platform: Platform) -> None:
    cut_off(platform).check_for_suspension(burst=False)


@breaks_without(RunWorker, "subscribe")
def a_start_without_a_store_raises_nothing(platform: Platform) -> None:
    worker = cut_off(platform)
    worker._shutdown()  # else it goes on trying
    worker.subscribe()


@breaks_without(RunWorker, "set_state")
def telling_rq_its_state_outlives_the_store(platform: Platform) -> None:
    cut_off(platform).set_state("busy")


@breaks_without(RunWorker, "register_birth", mode="lists-redis3")
def worker_registers_with_a_server_that_sets_one_field_at_a_time(platform: Platform) -> None:
    worker = RunWorker.on(platform)
    worker.register_birth()
    assert platform.store.redis.hget(worker.key, "queues") == "critical,normal,low"
    assert RunWorker.all(connection=platform.store.rq_redis) == [worker]


@breaks_without(RunWorker, "heartbeat")
def heartbeat_outlives_the_store(platform: Platform) -> None:
    cut_off(platform).heartbeat()


@breaks_without(RunWorker, "dequeue_job_and_maintain_ttl", "execute_job")
def worker_takes_and_submits_a_run(platform: Platform) -> None:
    run, worker = waiting_run(platform), RunWorker.on(platform)
    taken = worker.dequeue_job_and_maintain_ttl(timeout=None)
    assert taken is not None
    worker.execute_job(*taken)
    assert worker.slots.hand.waiting.pop().run_id == run


@breaks_without(RunWorker, "_shutdown")
def asking_an_idle_worker_to_stop_raises_nothing(platform: Platform) -> None:
    worker = RunWorker.on(platform)
    worker._shutdown()
    assert worker._stop_requested


@breaks_without(RunWorker, "request_force_stop")
def a_second_signal_changes_nothing(platform: Platform) -> None:
    worker = RunWorker.on(platform)
    worker._shutdown_requested_date = now() - timedelta(seconds=2)
    try:
        worker.request_force_stop(15, None)
    except SystemExit as end:
        raise AssertionError("it ended at once") from end


@breaks_without(RunWorker, "_install_signal_handlers")
def worker_works_in_a_thread(platform: Platform) -> None:
    in_a_thread(RunWorker.on(platform)._install_signal_handlers)


@breaks_without(RunWorker, "handle_payload")
def worker_refuses_what_is_no_command(platform: Platform) -> None:
    RunWorker.on(platform).handle_payload({"data": b"[]"})


@breaks_without(RunWorker, "run_maintenance_tasks")
def maintenance_calls_no_planted_callback(platform: Platform) -> None:
    redis = platform.store.rq_redis
    planted = {"data": json.dumps(["os.getpid", None, [], {}]), "status": "started"}
    planted |= {"created_at": "2026-01-01T00:00:00.000000Z", "failure_callback_name": "tests.faults.bait.touch"}
    redis.hset("rq:job:stranger", mapping=planted)
    redis.zadd("rq:wip:normal", {"stranger:execution": 1})
    with touched() as bait:
        RunWorker.on(platform).run_maintenance_tasks()
    assert not bait.is_set()


@breaks_without(RunWorker, "teardown")
def worker_gives_back_what_it_has_not_started(platform: Platform) -> None:
    run, worker = waiting_run(platform), RunWorker.on(platform)
    worker.slots.claim(1)
    worker.slots.closing.set()
    assert queue_of(platform).count == 0
    worker.slots.drain = lambda _: platform.store.redis.set("drained", run)
    worker.teardown()
    assert platform.store.redis.get("drained") == run


@breaks_without(GuardedScheduler, "__init__", "run", "enqueue_jobs")
def scheduler_sends_out_what_is_due_though_another_holds_rq_s_lock(platform: Platform) -> None:
    store = platform.store
    store.rq_redis.set(GuardedScheduler.scheduler_lock_key, 1)
    spec = JobSpec.model_validate({"job_id": "own", "type": "simulation.heavy", "schedule": {"interval_sec": 1}})
    save(store, spec, True, None, Author("faults", "system"), store.now() - timedelta(seconds=1))
    GuardedScheduler(platform).run(burst=True, stop=threading.Event())
    assert store.redis.zcard(store.keys.pending("normal")) == 1


@breaks_without(GuardedScheduler, "heartbeat")
def scheduler_registers_again_with_an_emptied_store(platform: Platform) -> None:
    scheduler = GuardedScheduler(platform)
    scheduler.heartbeat()
    platform.store.redis.flushall()
    scheduler.heartbeat()
    assert platform.store.redis.hexists(scheduler.key, "birth")


@breaks_without(GuardedScheduler, "_install_signal_handlers")
def scheduler_works_in_a_thread(platform: Platform) -> None:
    in_a_thread(GuardedScheduler(platform)._install_signal_handlers)


def in_a_thread(call: Callable[[], None]) -> None:
    """Call it in another thread than the main one, and raise here what it raises there."""
    raised: list[BaseException] = []

    def guarded() -> None:
        try:
            call()
        except ValueError as error:
            raised.append(error)

    thread = threading.Thread(target=guarded)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


# below all checks, which the decorators above have registered
@pytest.mark.parametrize(
    ("owner", "name", "mode"),
    [(*pair, MODE_OF[pair]) for pair in CHECKS],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_the_override_is_needed(platform: Platform, owner: type, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CHECKS[owner, name](platform)
    platform.store.redis.flushall()

    monkeypatch.delattr(owner, name)

    with pytest.raises(Exception):  # noqa: B017 - how it breaks is up to RQ
        CHECKS[owner, name](platform)
