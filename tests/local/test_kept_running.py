"""What `multijob up` keeps running: one machine for all of these tests, each of which leaves it as it was."""

import signal
from collections.abc import Iterator

import pytest

from tests.local.conftest import Machine, a_machine
from tests.local.test_up import programs
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which everything runs, with two workers."""
    with a_machine(tmp_path_factory.mktemp("running")) as machine:
        up = machine.multijob("up", "--detach", "--workers", "2")
        assert up.returncode == 0, up.stdout + up.stderr
        yield machine


def test_every_program_writes_its_own_logs_and_status_names_it(running: Machine) -> None:
    names = {"server", "web", "scheduler", "worker", "worker-2", "connector"}
    logs = {path.name for path in (running.folder / "runtime-logs").iterdir()}
    told = wait_until(lambda: (said := running.multijob("status")) and "leader      scheduler-" in said.stdout and said)

    assert {f"{name}.{stream}.log" for name in names for stream in ("out", "err")} <= logs
    assert told.returncode == 0
    assert all(f"{name:<11} pid " in told.stdout for name in names)


@pytest.mark.parametrize("name", ["server", "web", "worker", "scheduler", "connector"])
def test_a_program_that_is_killed_comes_back(running: Machine, name: str) -> None:
    before = programs(running)[name]

    before.send(signal.SIGKILL)

    wait_until(lambda: programs(running).get(name) not in (None, before), 15)
    wait_until(running.is_ready, 15)
    running.create_and_run(f"after-{name}")
    assert wait_until(lambda: running.succeeded(f"after-{name}"), 20)


def test_a_second_up_says_where_the_first_one_is(running: Machine) -> None:
    second = running.multijob("up", "--detach", "--port", "1025")

    assert second.returncode == 1
    assert f"already up for '{running.folder / 'data'}'" in second.stderr and running.url in second.stderr
    assert running.get("/healthz").status_code == 200
