"""One job whose record somebody broke stops neither the schedulers nor any other job."""

import json
from typing import Any

import pytest

from tests.faults.deployment import Deployment
from tests.faults.marks import STREAMS_ONLY
from tests.waiting import wait_until


@STREAMS_ONLY
@pytest.mark.parametrize(
    "broken",
    [
        {"schedule": "soon"},
        {"schedule": {"interval_sec": 0}},
        {"schedule": {"cron": "* * * * *", "timezone": "No/Where"}},
        {"inputs": {"flow_max_active_runs": "many"}},
        {"timeout_ms": None},
    ],
    ids=json.dumps,
)
def test_a_broken_record_stops_no_other_job(deployment: Deployment, broken: dict[str, Any]) -> None:
    store = deployment.platform.store
    deployment.save("broken", every=1)
    deployment.save("whole", every=1)
    key = store.keys.job("broken")
    stored = json.loads(store.redis.hget(key, "spec"))
    store.redis.hset(key, "spec", json.dumps(stored | broken))

    scheduler = deployment.start("scheduler")

    wait_until(lambda: "job.unreadable" in scheduler.text())
    wait_until(lambda: deployment.job("whole").last_run_id)
    assert scheduler.process.poll() is None
