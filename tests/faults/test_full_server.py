"""A full server takes no new run, whatever a batch of decisions begins with; when it is well again, nothing is lost."""

import pytest
from redis.exceptions import ResponseError

from runners import scheduler
from runners.engine.look import LATE
from runners.engine.store.ledger import read_whole
from runners.scheduler import GuardedScheduler
from tests.faults import books
from tests.faults.deployment import Deployment
from tests.faults.marks import LISTS_SELDOM
from tests.waiting import wait_until


@pytest.mark.slow
@LISTS_SELDOM
def test_a_batch_that_begins_with_the_end_of_a_wait_creates_no_run(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, lane = deployment.platform.store, {"flow_group": "narrow", "flow_max_active_runs": 1}
    deployment.save("blocker", inputs=lane)
    deployment.run("blocker")
    deployment.save("waiting", every=1, inputs=lane | {"pressure_priority": "critical"})
    ticking = GuardedScheduler(deployment.platform)
    wait_until(lambda: ticking.enqueue_jobs() and deployment.job("waiting").held)
    deployment.save("due", every=1)
    wait_until(lambda: is_due(deployment, "waiting", "critical") and is_due(deployment, "due", "regular"))
    original, batches = scheduler.dispatch, []

    def dispatch_when_full(*arguments: object) -> list[str]:
        store.redis.config_set("maxmemory", "1mb")
        batches.append([look.job.job_id for look in arguments[-1]])
        return original(*arguments)

    monkeypatch.setattr(scheduler, "dispatch", dispatch_when_full)
    with pytest.raises(ResponseError, match="OOM"):
        ticking.enqueue_jobs()

    assert batches == [["waiting", "due"]]
    assert store.redis.zcard(store.keys.runs) == 1
    store.redis.config_set("maxmemory", "0")
    deployment.start_all("scheduler", "worker")
    wait_until(lambda: deployment.job("due").last_run_id and deployment.job("waiting").last_run_id)
    assert books.close(deployment) == []


@LISTS_SELDOM
def test_processes_that_start_on_a_full_server_wait_until_it_is_well(deployment: Deployment) -> None:
    store = deployment.platform.store
    deployment.save("waiting", every=1)
    store.redis.config_set("maxmemory", "1mb")

    started = [deployment.launch(kind) for kind in ("scheduler", "worker")]
    wait_until(lambda: all("maxmemory" in one.text() for one in started), 60)
    refused = [one.text().count("maxmemory") for one in started]
    wait_until(
        lambda: all(one.text().count("maxmemory") > before for one, before in zip(started, refused, strict=True)), 60
    )

    assert deployment.dead() == []
    store.redis.config_set("maxmemory", "0")
    wait_until(lambda: deployment.oracle.starts(), 60)
    assert books.close(deployment) == []


@pytest.mark.slow
@LISTS_SELDOM
def test_the_ledger_names_a_full_store_as_what_its_slots_were_missed_by(deployment: Deployment) -> None:
    store = deployment.platform.store
    deployment.start_all("scheduler", "worker")  # before there are slots that nobody could look at
    deployment.save("due", every=1)
    wait_until(lambda: deployment.job("due").last_run_id)
    store.redis.config_set("maxmemory", "1mb")
    full_since = store.now()

    wait_until(lambda: store.now() - full_since > 2 * LATE, 60)
    store.redis.config_set("maxmemory", "0")

    rows = wait_until(lambda: [row for row in read_whole(store, "due").decisions if row.outcome == "missed"])
    assert {row.reason for row in rows} == {"store_full"}
    assert books.close(deployment) == []


def is_due(deployment: Deployment, job_id: str, lane: str) -> bool:
    store = deployment.platform.store
    score = store.redis.zscore(store.keys.due(lane), job_id)
    return score is not None and score <= store.now().timestamp() * 1000
