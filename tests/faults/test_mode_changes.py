"""One queue mode at a time: of two that start together one lives, and upgrading the server is a restart."""

from pathlib import Path

import pytest

from tests.faults import books
from tests.faults.deployment import Deployment, deployed
from tests.faults.marks import STREAMS_ONLY
from tests.waiting import wait_until


@pytest.mark.slow
@STREAMS_ONLY
def test_of_processes_that_start_in_two_modes_at_once_one_mode_lives(deployment: Deployment) -> None:
    modes = ("streams", "lists", "streams", "lists")
    started = [deployment.spawn("worker", env=deployment.env | {"QUEUE_MODE": mode}) for mode in modes]

    wait_until(lambda: sum(one.process.poll() is not None for one in started) == 2, 30)

    living = {mode for mode, one in zip(modes, started, strict=True) if one.process.poll() is None}
    assert len(living) == 1
    refused = next(one for one in started if one.process.poll() is not None)
    assert "still runs in mode" in refused.text()
    assert deployment.platform.store.redis.hget(deployment.platform.store.keys.mode, "name") in living


@pytest.mark.slow
def test_after_an_upgrade_what_was_queued_runs_in_the_new_mode(tmp_path: Path) -> None:
    with deployed("lists", tmp_path) as deployment:
        worker = deployment.start("worker")
        deployment.save("short", inputs={"allow_overlap": True})
        deployment.wait_for(deployment.run("short"), "success")
        assert deployment.stop(worker) == 0
        waiting = [deployment.run("short") for _ in range(5)]
        deployment.server.kill()
        deployment.server.options = ()  # with every Streams command, as after an upgrade

        deployment.server.start()
        deployment.start_all("scheduler", "worker")

        for run in waiting:
            deployment.wait_for(run, "success", timeout=20)
        assert deployment.platform.store.redis.hget(deployment.platform.store.keys.mode, "name") == "streams"
        assert deployment.events("system.mode_changed") == 1
        assert [len(deployment.oracle.starts_of(run)) for run in waiting] == [1] * 5
        assert books.close(deployment) == []
