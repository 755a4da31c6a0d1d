"""Each process can be started alone, and says so when there is nothing for it to join."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults import oracle
from tests.local.conftest import Machine
from tests.processes import CHECKOUT, ending
from tests.servers import Server
from tests.waiting import wait_until

PROGRAMS = ("web", "scheduler", "worker", "connector")


def end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(30)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["scheduler", "worker", "connector"])
def test_a_lone_process_without_a_server_says_how_to_start_one(machine: Machine, name: str) -> None:
    refused = machine.multijob(name)

    assert refused.returncode == 1
    assert "no embedded one runs" in refused.stderr and "multijob up" in refused.stderr


@pytest.mark.slow
def test_a_lone_worker_joins_the_embedded_server_of_its_folder(machine: Machine) -> None:
    machine.multijob("up", "--detach")
    before = machine.get("/readyz").json()["workers"]

    command = [sys.executable, "-m", "runners.cli", "worker"]
    with subprocess.Popen(command, cwd=machine.folder, env=machine.env, text=True) as worker, ending(worker):
        wait_until(lambda: machine.get("/readyz").json()["workers"] == before + 1, 60)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["scheduler", "worker", "connector"])
def test_a_lone_process_refuses_memory(machine: Machine, name: str) -> None:
    refused = machine.multijob(name, env={"QUEUE_MODE": "memory"})

    assert refused.returncode == 1
    assert "QUEUE_MODE='memory'" in refused.stderr


@contextmanager
def serve(machine: Machine, *words: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", *words]
    settled = {**machine.env, "DATA_DIR": str(machine.folder / "data"), **env}
    with subprocess.Popen(command, cwd=CHECKOUT, env=settled, stderr=subprocess.PIPE, text=True) as web, ending(web):
        yield web


@pytest.mark.slow
def test_gunicorn_alone_with_nothing_configured_is_a_whole_platform_in_memory(machine: Machine) -> None:
    with serve(machine) as web:
        wait_until(machine.is_ready, 20)
        machine.create_and_run("volatile")

        assert wait_until(lambda: machine.succeeded("volatile"))
        assert machine.get("/readyz").json()["mode"] == "memory"
        end(web)


@pytest.mark.slow
def test_handlers_of_ones_own_have_their_own_processes_in_memory_mode_too(machine: Machine, tmp_path: Path) -> None:
    path = f"{oracle.install(tmp_path)}{os.pathsep}{CHECKOUT}"
    inputs = {"path": str(tmp_path / "oracle.jsonl")}
    with serve(machine, PYTHONPATH=path) as web:
        wait_until(machine.is_ready, 20)
        machine.create_and_run("apart", "rude.do", inputs | {"how": "thread_behind"})
        machine.create_and_run("asks-for-the-store", "polite.tell", inputs)

        assert wait_until(lambda: machine.succeeded("apart"), 20)
        (run,) = machine.get("/jobs/apart/runs?full=1").json()
        assert run["result"]["output"] != web.pid
        errors = wait_until(lambda: errors_of(machine, "asks-for-the-store"), 20)
        assert "memory mode: the store is inside the worker's process" in errors[0]
        end(web)


def errors_of(machine: Machine, job_id: str) -> list[str]:
    """Return how the attempts of the job's only run failed."""
    (run,) = machine.get(f"/jobs/{job_id}/runs").json()
    return [attempt["error"] for attempt in run["attempts"] if attempt["error"]]


@pytest.mark.slow
def test_memory_in_more_than_one_process_is_refused(machine: Machine) -> None:
    with serve(machine, WEB_CONCURRENCY="2") as web:
        said = web.communicate(timeout=30)[1]

    assert web.returncode != 0
    assert "WEB_CONCURRENCY='2': memory mode needs one web process" in said


@pytest.mark.slow
def test_memory_in_more_than_one_process_is_refused_when_nobody_said_so(machine: Machine) -> None:
    with serve(machine, "--workers", "2") as web:
        said = web.communicate(timeout=30)[1]

    assert web.returncode != 0
    assert "memory mode needs to be alone" in said


@pytest.mark.slow
def test_an_absent_configured_server_is_no_reason_for_memory_unless_allowed(machine: Machine) -> None:
    with serve(machine, REDIS_URL="redis://127.0.0.1:1/0") as web:
        said = web.communicate(timeout=30)[1]

    assert web.returncode != 0
    assert "no server answers at 127.0.0.1:1" in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"REDIS_URL": "redis://127.0.0.1:1/0", "MEMORY_FALLBACK": "never"}, "no server answers at 127.0.0.1:1"),
        ({"QUEUE_MODE": "memory", "WEB_CONCURRENCY": "2"}, "memory mode needs one web process"),
    ],
)
def test_a_web_that_cannot_start_says_one_line(machine: Machine, changes: dict[str, str], said: str) -> None:
    machine.env.update(changes)

    refused = machine.multijob("web")

    assert refused.returncode == 1
    assert said in refused.stderr and "Traceback" not in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_an_absent_configured_server_leads_to_memory_when_allowed(machine: Machine) -> None:
    with serve(machine, REDIS_URL="redis://127.0.0.1:1/0", MEMORY_FALLBACK="auto") as web:
        assert wait_until(machine.is_ready, 20)
        assert machine.get("/readyz").json()["mode"] == "memory"
        end(web)


@pytest.mark.slow
def test_the_procfile_runs_everything_with_honcho(machine: Machine, redis_server: Server) -> None:
    python = Path(sys.executable).parent
    env = machine.env | {"PATH": f"{python}:{machine.env['PATH']}", "REDIS_URL": redis_server.emptied().url}
    env["DATA_DIR"] = str(machine.folder / "data")

    with (
        subprocess.Popen(
            [sys.executable, "-m", "honcho", "--procfile", str(CHECKOUT / "Procfile"), "start", *PROGRAMS],
            cwd=CHECKOUT,
            # honcho gives each process a PORT of its own, counted from this one; web is the first
            env=env,
            stdout=subprocess.DEVNULL,
            text=True,
        ) as honcho,
        ending(honcho),
    ):
        wait_until(machine.is_ready, 30)
        machine.create_and_run("proc")

        assert wait_until(lambda: machine.succeeded("proc"), 20)
        end(honcho)
