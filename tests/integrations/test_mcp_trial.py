"""Trying MCP servers: real ones of the official SDK over both transports, and such as are slow, broken or hostile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from runners.engine.integrations.mcp_trial import Trial, TrialOutcome, run_trial
from runners.engine.programs.allowed import environment, open_folder
from tests.handlers import server
from tests.integrations import mcp_program
from tests.processes import ending, is_alive
from tests.servers import free_port
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # each try loads the SDK in a process of its own, and most servers do too

TOP = Path(__file__).parents[2]
PATIENT, SHORT = 60, 3
SECRET = "a secret of the shop"
NAMES = ["find_product", "count_orders", "restock"]


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    """Where a program says what it saw."""
    return tmp_path / "seen"


def try_program(folder: Path, seen: Path, kind: str, timeout_sec: float = PATIENT) -> Trial:
    opened = open_folder(None, [folder])
    env = {**environment(opened.path), "SEEN": str(seen), "SHOP_TOKEN": SECRET}
    argv = [sys.executable, mcp_program.__file__, kind]
    return run_trial({"argv": argv, "env": env, "timeout_sec": timeout_sec, "secrets": [SECRET]}, opened)


def try_address(folder: Path, url: str, timeout_sec: float = PATIENT, **more: Any) -> Trial:
    port = url.split(":")[2].split("/")[0]
    asked = {
        "url": url,
        "headers": {},
        "allow_private": [f"127.0.0.1:{port}"],
        "own_port": 1,
        "secrets": [],
        "timeout_sec": timeout_sec,
    }
    return run_trial(asked | more, open_folder(None, [folder]))


@contextmanager
def http_server(*words: str) -> Iterator[str]:
    port = free_port()
    with ending(
        subprocess.Popen(
            [sys.executable, mcp_program.__file__, "http", str(port), *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    ) as _:
        wait_until(lambda: is_listening(port), 60)
        yield f"http://127.0.0.1:{port}/mcp"


def is_listening(port: int) -> bool:
    import socket

    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def test_a_programs_tools_are_listed_with_what_they_do(tmp_path, seen):
    trial = try_program(tmp_path, seen, "polite")

    assert (trial.outcome, trial.detail) == (TrialOutcome.OK, "it answers, and offers 3 tools")
    assert [name for name, _ in trial.tools] == NAMES
    assert trial.tools[0] == ("find_product", "Find a product; ****")
    assert trial.tools[1] == ("count_orders", "Count the orders of a shop.")
    assert (trial.server, trial.more) == ("shop 1.2.3", 0)
    assert trial.elapsed_ms > 0


def test_a_program_gets_the_environment_that_is_named_and_nothing_of_ours(tmp_path, seen, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "of the platform")

    assert try_program(tmp_path, seen, "echoing").outcome is TrialOutcome.OK

    assert seen.read_text().strip() == "['HOME', 'LANG', 'PATH', 'SEEN', 'SHOP_TOKEN']"


@pytest.mark.parametrize(
    ("kind", "outcome", "words"),
    [
        ("silent", TrialOutcome.TIMEOUT, "no whole answer within 3 s"),
        ("babble", TrialOutcome.TIMEOUT, "no message of the protocol: hello, this is no JSON at all"),
        ("flood", TrialOutcome.TOO_MUCH, "a message of more than 4 MiB"),
        (
            "dies",
            TrialOutcome.ENDED,
            "the program ended (exit status 1) before it had answered; it said: SHOP_TOKEN is not set",
        ),
    ],
)
def test_a_program_that_is_no_mcp_server_is_told_apart(tmp_path, seen, kind, outcome, words):
    trial = try_program(tmp_path, seen, kind, PATIENT if kind in ("dies", "flood") else SHORT)

    assert (trial.outcome, words in trial.detail) == (outcome, True), trial
    assert trial.tools == ()


def test_a_program_that_does_not_stop_is_ended_with_all_that_it_started(tmp_path, seen):
    began = time.monotonic()

    trial = try_program(tmp_path, seen, "stubborn", 10)

    assert trial.outcome is TrialOutcome.TIMEOUT
    left = [int(pid) for pid in seen.read_text().split()]
    assert len(left) == 2
    wait_until(lambda: not any(map(is_alive, left)))
    assert time.monotonic() - began < 60


TRYING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.integrations.test_mcp_trial import try_program
try_program(Path(sys.argv[2]), Path(sys.argv[3]), "stubborn", 600)
"""


def test_a_program_dies_with_the_process_that_tries_it(tmp_path, seen):
    web = subprocess.Popen([sys.executable, "-c", TRYING, str(TOP), str(tmp_path), str(seen)])
    wait_until(lambda: seen.exists() and len(seen.read_text().split()) == 2, 60)
    program = int(seen.read_text().split()[0])
    grandchild = int(seen.read_text().split()[1])

    web.send_signal(signal.SIGKILL)
    web.wait()

    try:
        wait_until(lambda: not is_alive(program))
    finally:
        if is_alive(grandchild):  # it has left the group, and nobody who could know of it is left
            os.kill(grandchild, signal.SIGKILL)


@pytest.mark.parametrize("words", [(), ("json",)], ids=["event stream", "json"])
def test_the_tools_behind_an_address_are_listed(tmp_path, words):
    with http_server(*words) as url:
        trial = try_address(tmp_path, url)

    assert trial.outcome is TrialOutcome.OK, trial
    assert [name for name, _ in trial.tools] == NAMES
    assert trial.server == "shop 1.2.3"


def test_a_host_without_an_address_is_out_of_reach_and_not_refused(tmp_path):
    trial = try_address(tmp_path, "http://nowhere.invalid:81/mcp")

    assert trial.outcome is TrialOutcome.UNREACHABLE
    assert "host 'nowhere.invalid' does not resolve" in trial.detail


def test_an_address_that_is_not_allowed_is_not_asked(tmp_path):
    with server.running() as site:
        trial = try_address(tmp_path, site.url("/mcp"), allow_private=[])

    assert trial.outcome is TrialOutcome.REFUSED
    assert "private or reserved address; HTTP_ALLOW_PRIVATE can allow it" in trial.detail
    assert site.seen == []


def test_a_redirect_elsewhere_is_not_followed_and_takes_no_secret_along(tmp_path):
    with server.running() as site, server.running() as other:
        site.pages["/mcp"] = (307, {"Location": other.url("/mcp")}, b"")
        trial = try_address(tmp_path, site.url("/mcp"), headers={"X-Key": "secret"}, allow_private=["127.0.0.0/8"])

    assert (trial.outcome, other.seen) == (TrialOutcome.PROTOCOL, [])
    assert trial.detail.startswith("it answered 307, which is not how an MCP server answers")
    assert other.url("/mcp") in trial.detail
    assert site.seen[0].headers["X-Key"] == "secret"


def test_a_redirect_to_a_private_address_goes_nowhere(tmp_path):
    with server.running() as site:
        site.pages["/mcp"] = (307, {"Location": "http://169.254.169.254/latest/meta-data/"}, b"")
        trial = try_address(tmp_path, site.url("/mcp"))

    assert trial.outcome is TrialOutcome.PROTOCOL
    assert "169.254.169.254" in trial.detail


HTML = (200, {"Content-Type": "text/html; charset=utf-8"}, b"<html><script>alert(1)</script></html>")


@pytest.mark.parametrize(
    ("page", "outcome", "words"),
    [
        (HTML, TrialOutcome.PROTOCOL, "it answered 200 with text/html, which is not how an MCP server answers"),
        (
            (401, {"Content-Type": "application/json"}, b"{}"),
            TrialOutcome.UNAUTHORIZED,
            "it answered 401 with application/json: the cred",
        ),
        ((500, {}, b"broken"), TrialOutcome.PROTOCOL, "it answered 500"),
        ((200, {"Content-Type": "application/json"}, b"[" * 100_000), TrialOutcome.PROTOCOL, "it answered 200"),
        (
            (200, {"Content-Type": "application/json"}, b"x" * (17 * 1024 * 1024)),
            TrialOutcome.TOO_MUCH,
            "more than 16 MiB",
        ),
        (
            (200, {"Content-Encoding": "gzip", "Content-Type": "application/json"}, b"\x1f\x8b"),
            TrialOutcome.TOO_MUCH,
            "compressed",
        ),
    ],
    ids=["html", "401", "500", "deep", "huge", "compressed"],
)
def test_an_address_that_is_no_mcp_server_is_told_apart(tmp_path, page, outcome, words):
    with server.running() as site:
        site.pages["/mcp"] = page
        trial = try_address(tmp_path, site.url("/mcp"))

    assert (trial.outcome, words in trial.detail) == (outcome, True), trial
    assert "<" not in trial.detail or "script" not in trial.detail


def test_an_address_that_never_answers_takes_its_time_and_no_more(tmp_path):
    with server.running() as site:
        site.pages["/mcp"] = lambda door: door.connection.recv(1)
        trial = try_address(tmp_path, site.url("/mcp"), SHORT)

    assert (trial.outcome, trial.detail) == (TrialOutcome.TIMEOUT, "no whole answer within 3 s")


def test_an_address_where_nobody_listens_is_out_of_reach(tmp_path):
    trial = try_address(tmp_path, f"http://127.0.0.1:{free_port()}/mcp")

    assert trial.outcome is TrialOutcome.UNREACHABLE
    assert trial.detail.startswith("it cannot be reached: ")
