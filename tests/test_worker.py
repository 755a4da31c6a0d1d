"""The worker around its slots: what it has claimed it starts, whatever the store does next."""

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError
from rq.worker import BaseWorker

from runners.engine.store.runs import load_run
from runners.worker import RunWorker, doing
from tests.store.making import save, start
from tests.waiting import wait_until


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_worker_that_leaves_leaves_no_consumer_behind(platform):
    save(platform, inputs={"work_ms": 100})
    start(platform)
    worker = RunWorker.on(platform)
    worker.register_birth()
    (execution,) = worker.slots.claim(1)
    assert platform.store.redis.xinfo_consumers(platform.store.keys.stream("normal"), "workers")

    worker.slots.closing.set()
    worker.slots._give_back([execution])
    worker.teardown()

    assert platform.store.redis.xinfo_consumers(platform.store.keys.stream("normal"), "workers") == []


@pytest.mark.parametrize("mode", ["memory"])
def test_a_claimed_run_starts_even_if_the_worker_cannot_say_that_it_is_busy(platform, monkeypatch):
    def refuse(worker, state, pipeline=None):
        raise OutOfMemoryError("command not allowed when used memory > 'maxmemory'")

    save(platform, inputs={"work_ms": 100})
    run = start(platform)
    worker = RunWorker.on(platform)
    worker.slots.start()
    monkeypatch.setattr(BaseWorker, "set_state", refuse)

    job, queue = worker.dequeue_job_and_maintain_ttl(None)
    worker.execute_job(job, queue)

    assert wait_until(lambda: load_run(platform.store, run.run_id).finished_at)
    worker.slots.drain(1)


@pytest.mark.parametrize("mode", ["memory"])
@pytest.mark.parametrize(
    ("jobs", "told"), [(2, "2 of 5 slots: job-0, job-1"), (5, "5 of 5 slots: job-0, job-1, job-2 and 2 more")]
)
def test_a_worker_tells_how_many_jobs_it_does_not_name(platform, monkeypatch, jobs, told):
    worker = RunWorker.on(platform)
    for number in range(jobs):
        save(platform, f"job-{number}")
        start(platform, f"job-{number}")
    held = worker.slots.claim(jobs)
    monkeypatch.setattr(worker.slots, "executions", lambda: held)

    assert doing(worker) == told


@pytest.mark.parametrize("mode", ["memory"])
def test_a_store_that_goes_away_while_a_worker_starts_is_waited_for(platform, monkeypatch):
    tries = []

    def subscribe(worker):
        tries.append(worker)
        if len(tries) < 3:
            raise RedisConnectionError("connection refused")

    monkeypatch.setattr("runners.worker.BLOCK_SEC", 0)
    monkeypatch.setattr(BaseWorker, "subscribe", subscribe)

    RunWorker.on(platform).subscribe()

    assert len(tries) == 3
