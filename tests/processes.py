"""Real `multijob` processes for the tests, started in their own groups and always ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.planted import holds

CHECKOUT = Path(__file__).resolve().parent.parent


END_SEC = 20


@contextmanager
def ending(process: subprocess.Popen[Any]) -> Iterator[None]:
    """End the process when the block is left, however that happens: Popen alone would wait for it for ever."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_SEC)
            process.kill()


@dataclass(slots=True)
class Spawned:
    """A real process of the platform; `out` is the file that it writes stdout and stderr to."""

    process: subprocess.Popen[bytes]
    out: Path

    def text(self) -> str:
        """Return what it has written so far; nothing when that went to a device."""
        return self.out.read_text(errors="replace") if self.out.is_file() else ""

    def kill(self) -> None:
        """End it and its whole process group at once, as a crash of the machine would; no title may have shown a secret."""
        shown = b"".join(map(title, (self.process.pid, *below(self.process.pid))))
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert not holds(shown), f"a secret stands in the title of a process: {shown!r}"


@dataclass(slots=True)
class Spawner:
    """Starts `multijob` processes with exactly the environment that a test gives, and ends them all.

    `under` are the words of a program that starts the process in its own place, such as `ip netns exec`.
    `sink` is where all of them write to instead of files of their own, such as a device that is full.
    """

    folder: Path
    spawned: list[Spawned] = field(default_factory=list)
    sink: Path | None = None

    def __call__(self, *words: str, env: Mapping[str, str], under: Sequence[str] = ()) -> Spawned:
        out = self.sink or self.folder / f"{len(self.spawned)}-{words[0]}.log"
        settled = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONPATH": str(CHECKOUT), **env}
        with out.open("wb") as log:
            command = [*under, sys.executable, "-m", "runners.cli", *words]
            process = subprocess.Popen(
                command, cwd=CHECKOUT, env=settled, stdout=log, stderr=log, start_new_session=True
            )
        self.spawned.append(Spawned(process, out))
        return self.spawned[-1]


def is_alive(pid: int) -> bool:
    """True while the process runs; a zombie that nobody has reaped yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def below(pid: int) -> list[int]:
    """Return every process below this one."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        words = " ".join((thread / "children").read_text() for thread in threads)
    except OSError:
        return []
    children = [int(word) for word in words.split()]
    return children + [one for child in children for one in below(child)]


def title(pid: int) -> bytes:
    """Return what `ps` shows of a process; nothing when it has gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def resident_mb(pid: int) -> float:
    """Return how much memory a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"process {pid} does not say how much memory it holds")
