"""Handlers that do what nobody should; each runs in a process of its own, as everybody's do.

Installed beside the oracle's. Those that start processes tell their pids in a file outside Redis.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from runners.engine.handler import Context, handler
from tests.faults.oracle_handlers import Mute, told

SLEEPER = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"]


class RudeInputs(BaseModel, extra="forbid", frozen=True):
    """Where the oracle's lines go, and what to do."""

    path: str
    how: Literal[
        "nothing", "raise", "mute", "segfault", "exit", "abort", "memory", "fork", "cpu", "big_file",
        "wait", "swallow", "ignore_signals", "hold_gil", "grandchildren", "kill_keeper", "garble",
        "big_output", "flood", "leave_behind", "thread_behind", "folder_behind",
    ]  # fmt: skip


class PoliteInputs(BaseModel, extra="forbid", frozen=True):
    """Where the oracle's lines go, and how long to work."""

    path: str
    work_ms: int = Field(default=0, ge=0, le=300_000)


@handler("polite.tell", inputs=PoliteInputs)
def tell(ctx: Context, inputs: PoliteInputs) -> dict[str, object]:
    """Work between a start line and an end line, and tell all that the context says."""
    with told(ctx, inputs.path):
        print("printed")
        print("complained", file=sys.stderr)
        ctx.log("logged")
        ctx.progress(1, 2, "half")
        ctx.sleep(inputs.work_ms / 1000)
    return {
        "pid": os.getpid(),
        "ppid": os.getppid(),
        "key": ctx.idempotency_key,
        "attempt": ctx.attempt,
        "left_sec": ctx.remaining().total_seconds(),
        "started_at": ctx.started_at.isoformat(),
        "lease_sec": ctx.settings.lease.total_seconds(),
        "mode": ctx.platform.store.mode.name,
        "stdin": sys.stdin.read(),
    }


@handler("rude.do", inputs=RudeInputs)
def rude(ctx: Context, inputs: RudeInputs) -> object:
    """Do what is asked for."""
    with told(ctx, inputs.path):
        return globals()[f"_{inputs.how}"](ctx, Path(inputs.path))


def _nothing(ctx: Context, path: Path) -> None:
    """Be quick and quiet."""


def _raise(ctx: Context, path: Path, depth: int = 300) -> None:
    """Fail far down, in words that are no text."""
    if depth == 0:
        raise LookupError("\udc80")
    _raise(ctx, path, depth - 1)


def _mute(ctx: Context, path: Path) -> None:
    raise Mute()


def _segfault(ctx: Context, path: Path) -> None:
    ctypes.string_at(0)


def _exit(ctx: Context, path: Path) -> None:
    os._exit(7)


def _abort(ctx: Context, path: Path) -> None:
    os.abort()


def _memory(ctx: Context, path: Path) -> int:
    return len(bytearray(4 << 30))


def _cpu(ctx: Context, path: Path) -> None:
    while True:
        pass


def _big_file(ctx: Context, path: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    with open(path.with_name("big"), "wb") as file:
        file.write(b"x" * (2 << 20))


def _fork(ctx: Context, path: Path) -> str:
    """Come back twice, once in a copy of the process."""
    return "copy" if os.fork() == 0 else "original"


def _wait(ctx: Context, path: Path) -> None:
    """Wait without listening, as most code does."""
    threading.Event().wait(600)


def _swallow(ctx: Context, path: Path) -> None:
    while True:
        try:
            ctx.sleep(600)
        except BaseException:
            continue


def _ignore_signals(ctx: Context, path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    threading.Event().wait(600)


def _hold_gil(ctx: Context, path: Path) -> None:
    """Loop in C for minutes; no Python runs meanwhile, no signal handler either."""
    sum(range(1 << 40))


def _grandchildren(ctx: Context, path: Path) -> None:
    """Start one in this session that holds the pipes open, one in its own, one whose parent is gone; all are deaf."""
    _tell_pids(path, subprocess.Popen(SLEEPER), subprocess.Popen(SLEEPER, start_new_session=True), _orphan())
    _ignore_signals(ctx, path)


def _leave_behind(ctx: Context, path: Path) -> str:
    _tell_pids(path, subprocess.Popen(SLEEPER), subprocess.Popen(SLEEPER, start_new_session=True), _orphan())
    return "left"


def _thread_behind(ctx: Context, path: Path) -> int:
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    return os.getpid()


def _folder_behind(ctx: Context, path: Path) -> int:
    os.chdir("/")
    return os.getpid()


def _kill_keeper(ctx: Context, path: Path) -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    signal.pause()


def _garble(ctx: Context, path: Path) -> None:
    for name in os.listdir("/proc/self/fd"):
        if os.path.exists(f"/proc/self/fd/{name}") and os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
            os.write(int(name), b"\xff" * 4096)
    signal.pause()


def _big_output(ctx: Context, path: Path) -> str:
    return "x" * 10_000_000


def _flood(ctx: Context, path: Path) -> str:
    """Print 100 MB, half of it in one line, and log and report in a hurry."""
    for _ in range(50):
        print("y" * 1_000_000, end="")
    for _ in range(50_000):
        print("z" * 1000)
    for number in range(20_000):
        ctx.log("w" * 1000)
        ctx.progress(number, 20_000)
    return "flooded"


def _orphan() -> int:
    code = f"import subprocess as s; print(s.Popen({SLEEPER!r}, start_new_session=True, stdout=s.DEVNULL).pid)"
    return int(subprocess.check_output([sys.executable, "-c", code]))


def _tell_pids(path: Path, *started: subprocess.Popen | int) -> None:
    pids = [one if isinstance(one, int) else one.pid for one in started]
    part = path.with_name("pids.part")
    part.write_text(" ".join(map(str, pids)))
    part.rename(path.with_name("pids"))
