"""Twenty backups while a whole deployment works: each is restored, its books balance, and nothing runs twice or is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from runners.backup import make_backup, restore_backup
from runners.doctor.audit import audit
from runners.doctor.invariants import invariants
from runners.engine import settings
from runners.engine.platform import Platform, open_platform
from runners.engine.run import RunStatus
from tests.faults.client import Told
from tests.faults.deployment import Deployment, deployed
from tests.faults.scenarios.load import schedule_jobs, wait_for_starts
from tests.faults.traffic import Traffic
from tests.protocol.books import check_invariants
from tests.store.making import ADMIN
from tests.waiting import wait_until

KEY = "a passphrase of the night"
BACKUPS = 20
ENDED = (RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.CANCELLED)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["streams"])
def test_every_one_of_twenty_backups_under_load_restores_to_a_whole_deployment(mode: str, tmp_path: Path) -> None:
    with deployed(mode, tmp_path) as deployment:
        deployment.start("web")
        schedule_jobs(deployment)
        deployment.put("waits", pool="far")
        deployment.run("waits")  # no worker serves its pool until the end
        deployment.start_all("scheduler", "worker", "worker")
        wait_for_starts(deployment, 10)
        with Traffic(deployment):
            acknowledged = [_made(deployment, tmp_path / str(number)) for number in range(BACKUPS)]
        for number in range(BACKUPS):
            with _restored(deployment, tmp_path / str(number)) as there:
                _hold(there, acknowledged[number])
                if number == BACKUPS - 1:
                    _goes_on(deployment, there)


def _made(deployment: Deployment, file: Path) -> set[str]:
    """Make a backup after some more work, and return the runs that had been acknowledged when it began."""
    wait_for_starts(deployment, 5)
    told = {run for asked in list(deployment.client.log) if asked.told is Told.ACKNOWLEDGED for run in asked.run_ids}
    made = make_backup(deployment.platform, ADMIN, file, KEY, 100_000, True, lambda _: None)
    assert (made.lost, made.broken) == ((), ())
    return told


@contextmanager
def _restored(deployment: Deployment, file: Path) -> Iterator[Platform]:
    """Restore into the next database of the same server, which is emptied before."""
    env = deployment.env | {"REDIS_URL": deployment.server.url.replace("/0", "/1")}
    platform = open_platform(settings.read({name: text for name, text in env.items() if name != "PYTHONPATH"}))
    platform.store.redis.flushdb()
    restore_backup(platform, ADMIN, file, KEY, lambda _: None)
    try:
        yield platform
    finally:
        platform.store.redis.connection_pool.disconnect()
        platform.store.rq_redis.connection_pool.disconnect()


def _hold(there: Platform, acknowledged: set[str]) -> None:
    check_invariants(there.store, there.settings)
    assert [one for one in audit(there) if not one.well] == []
    assert acknowledged - set(there.store.redis.zrange(there.store.keys.runs, 0, -1)) == set()


def _goes_on(deployment: Deployment, there: Platform) -> None:
    """Let the restored deployment work: what was active comes to its end, and what had ended stays as it was."""
    before = _runs(there)
    active = [run for run, fields in before.items() if fields["status"] not in ENDED]
    for spawned in deployment.spawn.spawned:
        spawned.kill()
    env = {"REDIS_URL": deployment.server.url.replace("/0", "/1")}
    for kind, pool in (("scheduler", "default"), ("worker", "default"), ("worker", "far")):
        deployment.launch(kind, WORKER_POOL=pool, **env)

    wait_until(lambda: _have_ended(there, active), 60, every=0.5)

    after = _runs(there)
    assert [one for one in invariants(there) if not one.well] == []
    assert "waits" in {after[run]["job_id"] for run in active}
    ended = set(before) - set(active)
    assert {run: before[run] for run in ended} == {run: after[run] for run in ended}


def _runs(there: Platform) -> dict[str, Any]:
    redis, keys = there.store.redis, there.store.keys
    names: Any = redis.zrange(keys.runs, 0, -1)
    pipe = redis.pipeline(transaction=False)
    for name in names:
        pipe.hgetall(keys.run(name))
    return dict(zip(names, pipe.execute(), strict=True))


def _have_ended(there: Platform, runs: list[str]) -> bool:
    redis, keys = there.store.redis, there.store.keys
    return all(redis.hget(keys.run(run), "status") in ENDED for run in runs)
