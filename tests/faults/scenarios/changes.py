"""Jobs that change under runs that exist, and records that another version has written."""

import json

from runners.engine import operations
from runners.engine.operations import Actor, Role
from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import rounds, wait_for_starts
from tests.waiting import wait_until

ONCE = {"max_retry": 0, "backoff_sec": [0]}
EDITOR = Actor("faults", Role.ADMIN, "system")
CHANGES = ("edited", "disabled", "deleted")
EXPECTED = {"edited": "success", "disabled": "success", "deleted": "cancelled"}
"""An edit never changes a run that exists, and deleting with cancel ends it (contract §4)."""
CANCELLED_SEC = 5.0


def under_its_runs(deployment: Deployment, seconds: float) -> int:
    """Edit, disable and delete jobs whose run is queued, and jobs whose run is running; counts these runs."""
    deployment.start("scheduler")
    struck = 0
    for number in rounds(seconds):
        queued = {change: _ask(deployment, f"queued-{change}-{number}") for change in CHANGES}
        _change_all(deployment, queued)
        worker = deployment.start("worker")
        running = {change: _ask(deployment, f"running-{change}-{number}") for change in CHANGES}
        wait_until(lambda runs=running: all(deployment.oracle.starts_of(run) for run in runs.values()))
        _change_all(deployment, running)
        deployment.wait_for(running["deleted"], "cancelled", timeout=CANCELLED_SEC)
        for change, run in [*queued.items(), *running.items()]:
            ended = deployment.wait_for(run, "success", "failed", "cancelled")
            assert (ended.status, ended.job_version) == (EXPECTED[change], 1), ended
            struck += 1
        deployment.stop(worker)
    deployment.start("worker")
    return struck


def versions_mixed(deployment: Deployment, seconds: float) -> int:
    """Let records carry fields and types that this version does not know; counts the runs that said so or went on."""
    deployment.start_all("scheduler", "worker")
    struck = 0
    for number in rounds(seconds):
        deployment.save(f"newer-{number}", every=1)
        _write_as_newer(deployment, f"newer-{number}")
        wait_for_starts(deployment, 2)
        deployment.save(f"unknown-{number}", type="future.type", retry_policy=ONCE)
        run = deployment.wait_for(deployment.run(f"unknown-{number}"), "failed")
        assert (run.failure_kind, run.attempt) == ("unknown_type", 0), run
        assert "future.type" in str(run.error), run.error
        struck += 1
    return struck


def _ask(deployment: Deployment, job_id: str) -> str:
    deployment.save(job_id, inputs={"work_ms": 800}, retry_policy=ONCE)
    return deployment.run(job_id)


def _change_all(deployment: Deployment, runs: dict[str, str]) -> None:
    for change, run in runs.items():
        job = deployment.job(deployment.record(run).job_id)
        if change == "edited":
            deployment.save(job.job_id, inputs={"work_ms": 1, "allow_overlap": True}, timeout_ms=1000)
        elif change == "disabled":
            operations.set_enabled(deployment.platform, EDITOR, job.job_id, False)
        else:
            operations.delete_job(deployment.platform, EDITOR, job.job_id, cancel=True)


def _write_as_newer(deployment: Deployment, job_id: str) -> None:
    """Add fields that a later version might write: to the record, to the spec inside it, and to a run."""
    redis, keys = deployment.platform.store.redis, deployment.platform.store.keys
    spec = json.loads(str(redis.hget(keys.job(job_id), "spec"))) | {"colour": "blue"}
    redis.hset(keys.job(job_id), mapping={"spec": json.dumps(spec), "colour": "blue"})
    for run in redis.zrange(keys.runs_of("job", job_id), 0, -1):
        redis.hset(keys.run(str(run)), "colour", "blue")
