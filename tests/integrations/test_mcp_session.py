"""Calling tools of real MCP servers, of the official SDK, over both transports: what they answer, and what they cannot do."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from runners.engine.handler import Cancelled
from runners.engine.integrations.mcp_session import Answer, CallOutcome, McpSession, McpTool, NoSession
from runners.engine.programs.allowed import environment, open_folder
from tests.integrations import mcp_program
from tests.integrations.test_mcp_trial import SECRET, is_listening
from tests.processes import ending, is_alive
from tests.servers import free_port
from tests.waiting import wait_until

pytestmark = pytest.mark.slow  # each session loads the SDK in a process of its own, and so does each server

LONG = 60


@pytest.fixture
def said() -> list[str]:
    """What the server's program says on stderr."""
    return []


@pytest.fixture
def program(tmp_path: Path, said: list[str]) -> Iterator[McpSession]:
    """A session with the odd server, as a program."""
    with session(program_of(tmp_path, "odd"), tmp_path, tell=lambda _, text: said.append(text)) as one:
        yield one


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the odd server listens."""
    port = free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with ending(subprocess.Popen([sys.executable, mcp_program.__file__, "odd", str(port)], **quiet)):
        wait_until(lambda: is_listening(port), LONG)
        yield f"http://127.0.0.1:{port}/mcp"


def program_of(folder: Path, kind: str, timeout_sec: float = LONG) -> dict[str, Any]:
    env = {**environment(folder), "SEEN": str(folder / "seen"), "SHOP_TOKEN": SECRET}
    argv = [sys.executable, mcp_program.__file__, kind]
    return {"name": "shop", "argv": argv, "env": env, "timeout_sec": timeout_sec, "secrets": [SECRET]}


def address_of(url: str, timeout_sec: float = LONG, **more: Any) -> dict[str, Any]:
    allowed = ["127.0.0.0/8"]
    asked = {"name": "shop", "url": url, "headers": {}, "allow_private": allowed, "own_port": 1, "secrets": []}
    return asked | {"timeout_sec": timeout_sec} | more


def nothing(*_: object) -> None:
    """Neither stop nor tell."""


@contextmanager
def session(
    asked: dict[str, Any], folder: Path, check: Callable[[], None] = nothing, tell: Callable[..., None] = nothing
) -> Iterator[McpSession]:
    one = McpSession(asked, open_folder(None, [folder]), check, tell)
    try:
        yield one
    finally:
        one.close()


def tool(one: McpSession, name: str) -> McpTool:
    return next(tool for tool in one.tools if tool.name == name)


def call(one: McpSession, name: str, timeout_sec: float = LONG, **arguments: Any) -> Answer:
    return one.call(tool(one, name), arguments, timeout_sec)


def test_tools_answer_one_call_after_another_in_one_session(program, said):
    assert call(program, "echo", text="hello") == Answer(CallOutcome.OK, "hello")
    assert call(program, "echo", text="ab", times=3) == Answer(CallOutcome.OK, "ababab")
    assert call(program, "total", prices=[1, 2, 3]).text == '{\n  "total": 6\n}'

    assert program.tools[0].schema["properties"]["text"] == {"title": "Text", "type": "string"}
    wait_until(lambda: "shop: echoing ab\n" in "".join(said) or (program.tools and call(program, "fails")))
    assert not program.broken


def test_what_is_no_text_is_named_and_not_passed_on(program):
    assert call(program, "picture").text == "a pixel\n[image of image/png, about 3006 bytes, not passed on]"
    assert call(program, "resources").text == "the memo\n[a link to https://example.com/more, not opened]"


def test_a_tool_that_fails_says_so_and_the_session_goes_on(program):
    failed = call(program, "fails")

    assert (failed.outcome, "out of stock" in failed.text) == (CallOutcome.TOOL_ERROR, True)
    assert call(program, "refuses") == Answer(CallOutcome.TOOL_ERROR, "no such product")
    assert call(program, "echo", text="still here").text == "still here"


def test_a_long_answer_is_cut_and_says_by_how_much(program):
    answer = call(program, "echo", text="äb" * 10, times=10_000)

    assert (answer.outcome, len(answer.text.encode()), answer.cut) == (CallOutcome.OK, 24 * 1024, 300_000 - 24 * 1024)


def test_arguments_that_do_not_fit_are_sent_nowhere(program, said):
    answer = call(program, "echo", times="many")

    assert answer.outcome is CallOutcome.REFUSED
    assert answer.text == (
        "the arguments do not fit its schema: times: 'many' is not of type 'integer'; 'text' is a required property"
    )
    assert said == []


def test_the_program_gets_what_is_named_and_its_secret_comes_back_as_stars(program):
    answer = call(program, "variables")

    assert answer.text == "HOME LANG PATH SEEN SHOP_TOKEN ****"


def test_a_tool_that_changed_since_it_was_listed_is_not_called(program):
    was = tool(program, "echo")
    assert call(program, "turn").text == "turned"

    answer = program.call(was, {"text": "hello"}, LONG)

    assert answer == Answer(CallOutcome.REFUSED, "its description or schema is not what it was when it was listed")
    assert "newcomer" not in [tool.name for tool in program.tools]


def test_a_tool_that_went_away_is_not_called(program):
    answer = program.call(McpTool("gone", "", {}, "0" * 64), {}, LONG)

    assert answer == Answer(CallOutcome.REFUSED, "the server offers no such tool any more")


def test_a_call_takes_its_time_and_no_more_and_the_session_goes_on(program):
    answer = call(program, "hang", timeout_sec=1)

    assert answer.outcome is CallOutcome.TIMEOUT
    assert answer.text.startswith("no whole answer within 1 s, whatever the tool did")


def test_a_server_that_ends_in_a_call_fails_it_with_its_last_words(program):
    answer = call(program, "die")

    assert answer == Answer(
        CallOutcome.FAILED, "the program ended (exit status 3) before it had answered; it said: farewell"
    )
    assert program.broken
    assert call(program, "echo", text="x") == Answer(CallOutcome.REFUSED, "the session with the server has ended")


def test_a_cancel_ends_a_call_and_all_that_it_started_within_seconds(tmp_path):
    cancelled = threading.Event()

    def check() -> None:
        if cancelled.is_set():
            raise Cancelled

    with session(program_of(tmp_path, "odd"), tmp_path, check) as one:
        threading.Thread(target=lambda: wait_until((tmp_path / "seen").exists, LONG) and cancelled.set()).start()
        with pytest.raises(Cancelled):
            call(one, "breed")
        began = time.monotonic()
    took = time.monotonic() - began

    left = [int(pid) for pid in wait_until(lambda: (tmp_path / "seen").read_text().split())]
    wait_until(lambda: not any(map(is_alive, left)))
    assert took < 5
    assert one.broken


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("silent", "no whole answer within 3 s"),
        ("babble", "it prints what is no message of the protocol: hello, this is no JSON at all"),
        ("flood", "it sent a message of more than 4 MiB"),
        ("dies", "the program ended (exit status 1) before it had answered; it said: SHOP_TOKEN is not set"),
    ],
)
def test_a_program_that_is_no_mcp_server_begins_no_session(tmp_path, kind, words):
    asked = program_of(tmp_path, kind, LONG if kind in ("dies", "flood") else 3)

    with pytest.raises(NoSession) as refused, session(asked, tmp_path):
        pass

    assert words in str(refused.value)


def test_tools_behind_an_address_are_called(tmp_path, address):
    with session(address_of(address), tmp_path) as one:
        assert call(one, "echo", text="hello") == Answer(CallOutcome.OK, "hello")
        assert call(one, "total", prices=[4, 5]).text == '{\n  "total": 9\n}'
        assert call(one, "hang", timeout_sec=1).outcome is CallOutcome.TIMEOUT
        assert call(one, "echo", text="again").text == "again"


def test_an_address_that_is_not_allowed_begins_no_session(tmp_path, address):
    with pytest.raises(NoSession, match="private or reserved address"):
        McpSession(address_of(address, allow_private=[]), open_folder(None, [tmp_path]), nothing, nothing)


def test_a_session_dies_with_the_process_that_holds_it(tmp_path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from tests.integrations.test_mcp_session import call, program_of, session\n"
        "folder = Path(sys.argv[2])\n"
        "with session(program_of(folder, 'odd'), folder) as one:\n"
        "    call(one, 'breed')\n"
    )
    top = str(Path(__file__).parents[2])
    worker = subprocess.Popen([sys.executable, "-c", code, top, str(tmp_path)])
    with ending(worker):
        server, orphan = map(int, wait_until(lambda: _pids(tmp_path / "seen"), LONG))
        worker.kill()
        worker.wait()
    try:
        wait_until(lambda: not is_alive(server))
    finally:
        if is_alive(orphan):  # it has left the group, and nobody who could know of it is left
            os.kill(orphan, 9)


def _pids(seen: Path) -> list[str] | None:
    words = seen.read_text().split() if seen.exists() else []
    return words if len(words) == 2 else None
