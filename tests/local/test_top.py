"""`top`: one look is four requests; a terminal shows one after the other until `q`, and outlives a server that is away."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from runners.cli.tables import console
from runners.cli.top_screen import screen
from runners.cli.top_view import headline, sections
from tests.local.answering import Api
from tests.processes import CHECKOUT

QUEUE = {
    "depth": 3,
    "delayed": 1,
    "running": 40,
    "pressure_mode": True,
    "oldest_wait_sec": 12.4,
    "paused": {"everything": {"blocker": "everything"}},
    "pools": [
        {"name": "default", "depth": 1, "workers": 1, "slots": 5},
        {"name": "gpu", "depth": 2, "workers": 0, "slots": 0},
        {"name": "mail", "depth": 0, "workers": 0, "slots": 0},
    ],
}
WORKER = {
    "id": "worker-1",
    "type": "worker",
    "host": "here",
    "pool": "default",
    "slots": 5,
    "status": "online",
    "draining": None,
    "doing": "5 runs",
}
RUN = {
    "run_id": "run_1",
    "job_id": "daily",
    "job_type": "report.daily",
    "attempt": 0,
    "started_at": "2026-01-31T18:15:00Z",
}
HELD = {
    "guard": "overlap",
    "jobs": 2,
    "blockers": [{"blocker": "job", "jobs": 2}],
    "first": [{"job_id": "\x1b[2Jdaily"}],
}
SEEN = {
    "queue": QUEUE,
    "workers": [{**WORKER, "id": "worker-2", "status": "offline"}, WORKER],
    "runs": [RUN] * 20,
    "held": [HELD],
}


def answers(api: Api) -> None:
    """Let the server answer each of the four lists of `top`."""
    api.answers = {
        "/queue": QUEUE,
        "/agents": [WORKER, {**WORKER, "type": "web"}],
        "/runs": [RUN],
        "/queue/held": [HELD],
    }


def test_one_look_is_four_bounded_requests(multijob, api: Api) -> None:
    answers(api)

    seen = json.loads(multijob("top", "--json").stdout)

    assert [path for _, path, _ in api.asked] == [
        "/queue",
        "/agents?limit=500",
        "/runs?status=running&limit=20",
        "/queue/held",
    ]
    assert [len(seen[part]) for part in ("workers", "runs", "held")] == [1, 1, 1]


def test_without_a_terminal_it_looks_once(multijob, api: Api) -> None:
    answers(api)

    printed = multijob("top")

    assert printed.exit_code == 0 and len(api.asked) == 4
    for words in ("3 waiting, the oldest for 12 s", "PRESSURE", "PAUSED", "worker-1", "run_1", "overlap"):
        assert words in printed.stdout
    assert "\x1b" not in printed.stdout


def test_what_there_is_more_of_is_counted() -> None:
    titles = [(title, len(rows)) for title, rows, _ in sections(SEEN, 2)]

    assert titles == [("Runs (2 of 40)", 2), ("Workers (2)", 2), ("Holds", 1)]
    assert "1 of 2 workers online" in headline(SEEN)
    assert [part for part in headline(SEEN).split(" · ") if "POOL" in part] == [
        "NO WORKER OF POOL gpu: 2 of its runs wait"
    ]


@pytest.mark.parametrize(("width", "height"), [(120, 10), (120, 24), (120, 60), (40, 40)])
def test_a_screen_keeps_to_its_height_as_far_as_three_parts_can(width: int, height: int) -> None:
    terminal = console()

    lines = terminal.render_lines(screen(SEEN, "http://x", "", width, height), terminal.options.update(width=width))

    assert len(lines) <= max(height, 24)
    assert {sum(part.cell_length for part in line) for line in lines} == {width}
    assert "\x1b[2J" not in "".join(part.text for line in lines for part in line)


def test_a_screen_too_narrow_for_all_columns_has_the_first_ones_whole() -> None:
    terminal = console()
    rows = [{**RUN, "run_id": f"run_{'0123456789' * 5}"}]

    lines = terminal.render_lines(
        screen({**SEEN, "runs": rows}, "http://x", "", 40, 40), terminal.options.update(width=40)
    )

    shown = ["".join(part.text for part in line).strip() for line in lines]
    place = next(number for number, line in enumerate(shown) if line.startswith("run_"))
    assert "".join(shown[place : place + 2]) == rows[0]["run_id"]
    assert next(line for line in shown if line.startswith("worker-1")).split()[:3] == ["worker-1", "here", "default"]


@contextmanager
def in_a_terminal(words: list[str], env: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run a command in a terminal of its own; give the process and the terminal's other end."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "runners.cli", *words]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=CHECKOUT) as process:
        os.close(theirs)
        try:
            yield process, ours
        finally:
            process.kill()
            os.close(ours)


def read_until(terminal: int, words: bytes) -> bytes:
    """Return what the terminal showed up to these words."""
    shown, give_up_at = b"", time.monotonic() + 60
    while words not in shown:
        assert time.monotonic() < give_up_at, shown
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 65_536)
    return shown


@pytest.mark.slow
def test_a_terminal_shows_one_look_after_the_other_until_q(api: Api) -> None:
    answers(api)
    env = os.environ | {"MULTIJOB_URL": f"http://127.0.0.1:{api.server_port}", "TERM": "xterm", "COLUMNS": "150"}

    with in_a_terminal(["top", "--every", "0.5"], env) as (process, terminal):
        read_until(terminal, b"3 waiting")
        api.answers = {**api.answers, "/queue": {**QUEUE, "depth": 7}}
        read_until(terminal, b"7 waiting")
        api.status = 503
        read_until(terminal, b"AWAY")
        api.status = 200
        read_until(terminal, b"7 waiting")
        os.write(terminal, b"q")
        read_until(terminal, b"\x1b[?1049l")
        assert process.wait(60) == 0


@pytest.mark.slow
@pytest.mark.parametrize("words", [["top", "--once"], ["run", "list"]], ids=" ".join)
def test_a_narrow_terminal_without_colours_shows_each_id_whole(api: Api, words: list[str]) -> None:
    run = {**RUN, "run_id": f"run_{'0123456789' * 5}", "status": "success", "finished_at": None}
    answers(api)
    api.answers |= {"/runs": [run]}
    env = os.environ | {"MULTIJOB_URL": f"http://127.0.0.1:{api.server_port}", "TERM": "xterm", "COLUMNS": "40"}

    with in_a_terminal(words, {**env, "NO_COLOR": "1"}) as (process, terminal):
        shown = read_until(terminal, b"2026-01-31T18:15:00Z")
        assert process.wait(60) == 0

    assert b"\x1b" not in shown
    table = shown.partition(b"2026-01-31T18:15:00Z")[0]  # more may have come in the same reading
    assert max(map(len, table.splitlines()[1:])) <= 40  # before it a sentence, which a terminal breaks itself
    assert run["run_id"].encode() in b"".join(line.removeprefix(b"run ").strip() for line in shown.splitlines())
