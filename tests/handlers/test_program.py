"""Programs and what they leave behind: nothing."""

import errno
import selectors
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from runners.engine.handler import Cancelled, HandlerFailed, TimedOut
from runners.engine.programs.running import Capture
from tests.handlers.programs import python
from tests.processes import is_alive
from tests.waiting import wait_until

TOP = Path(__file__).parents[2]


def test_a_flood_of_output_is_counted_and_cut(allowed):
    output = python(allowed, "import os\nfor _ in range(100): os.write(1, b'x' * 100_000)\nos.write(2, b'done')")

    assert output["stdout_bytes"] == 10_000_000
    assert len(output["stdout"]) == 40_960
    assert output["stderr"] == "done"
    assert output["truncated"] is True


def test_all_that_a_program_prints_reaches_the_runs_log_as_it_comes(allowed):
    python(
        allowed, "import os\nos.write(1, 'zw\u00f6lf '.encode())\nos.write(2, b'no \\xff')\nos.write(1, b'x' * 100_000)"
    )

    told = {stream: "".join(text for name, text in allowed.pieces if name == stream) for stream in ("stdout", "stderr")}
    assert told == {"stdout": "zwölf " + "x" * 100_000, "stderr": "no \ufffd"}


def test_a_character_that_is_torn_between_two_parts_is_whole_in_the_log():
    told = []
    capture = Capture(10, told.append)

    for part in ("ö".encode()[:1], "ö".encode()[1:], b"\xc3", b""):
        capture.add(part)

    assert "".join(told) == "ö\ufffd"


def test_a_grandchild_that_holds_the_pipe_holds_up_nobody_and_is_ended(allowed):
    started = time.monotonic()

    output = python(
        allowed,
        "import subprocess, sys\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True)",
    )

    assert time.monotonic() - started < 5
    grandchild = int(output["stdout"])
    wait_until(lambda: not is_alive(grandchild))


STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    with open(sys.argv[1] + '.part', 'w') as told: told.write(f'{os.getpid()} {child}')
    os.rename(sys.argv[1] + '.part', sys.argv[1])
while True: time.sleep(600)
"""


def cancel_when(allowed, condition):
    """Cancel the run as soon as the condition holds."""

    def watch():
        wait_until(condition)
        allowed.cancel.set()

    threading.Thread(target=watch, daemon=True).start()


def test_a_program_that_ignores_sigterm_is_killed_with_its_children(allowed, root):
    told = root / "pids"
    cancel_when(allowed, told.exists)
    started = time.monotonic()

    with pytest.raises(Cancelled):
        python(allowed, STUBBORN, str(told))

    assert time.monotonic() - started < 5
    for pid in told.read_text().split():
        wait_until(lambda pid=pid: not is_alive(int(pid)))


def test_a_program_is_asked_politely_first(allowed, root):
    ready, parted = root / "ready", root / "parted"
    cancel_when(allowed, ready.exists)

    with pytest.raises(Cancelled):
        python(
            allowed,
            "import pathlib, signal, sys, time\n"
            "def part(*_): pathlib.Path(sys.argv[2]).touch(); sys.exit()\n"
            "signal.signal(signal.SIGTERM, part); pathlib.Path(sys.argv[1]).touch(); time.sleep(600)",
            str(ready),
            str(parted),
        )

    assert parted.exists()


def test_a_run_that_is_out_of_time_ends_its_program(allowed):
    allowed.timeout, allowed.time_per_check = timedelta(seconds=1), timedelta(seconds=0.2)

    with pytest.raises(TimedOut):
        python(allowed, "import time; time.sleep(600)")


LONELY = """
import os, sys
from runners.engine.programs import running
child = "import os, time; open('part', 'w').write(str(os.getpid())); os.rename('part', 'pid'); time.sleep(600)"
here = os.open(sys.argv[1], os.O_RDONLY)
running.run(
    [sys.executable, "-c", child], folder=here, environment=dict.fromkeys(("PATH", "LANG", "HOME"), ""), stdin=None, check=int,
    tell=lambda *_: None
)
"""


def test_a_program_dies_with_the_process_that_runs_it(tmp_path):
    worker = subprocess.Popen([sys.executable, "-c", LONELY, str(tmp_path)], cwd=TOP)
    told = tmp_path / "pid"
    wait_until(told.exists)
    pid = int(told.read_text())
    assert is_alive(pid)

    worker.send_signal(signal.SIGKILL)
    worker.wait()

    wait_until(lambda: not is_alive(pid))


def test_where_nothing_can_be_listened_to_no_program_is_started(allowed, root, monkeypatch):
    def full():
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(selectors, "DefaultSelector", full)

    with pytest.raises(HandlerFailed, match="too many open files"):
        python(allowed, "open('started', 'w')")

    assert not (root / "started").exists()
