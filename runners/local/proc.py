"""What the kernel says about processes, read from /proc: who is who, whose child, and who owns a port."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1
LISTENING = "0A"


@dataclass(frozen=True, slots=True)
class Identity:
    """One process for good: a pid is used again, a pid with its start time (clock ticks after that boot) is not.

    The command line is no part of it: a process may change its own, as redis-server does once it is up.
    """

    pid: int
    started: int
    boot: str

    def is_alive(self) -> bool:
        """Say whether this very process still runs; a zombie does not."""
        return identify(self.pid) == self

    def send(self, number: signal.Signals) -> None:
        """Send the signal to it, if it still is itself."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def identify(pid: int) -> Identity | None:
    """Return the process that has this pid now; None when there is none, or only a zombie."""
    fields = _stat(pid)
    return Identity(pid, int(fields[19]), _boot()) if fields and fields[0] not in "ZX" else None


def _boot() -> str:
    """Return the id of this boot of the machine (random(4))."""
    return (PROC / "sys/kernel/random/boot_id").read_text().strip()


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat after the name: state, parent's pid, … (proc(5), from field 3)."""
    try:
        return (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def command_line(pid: int) -> str:
    """Return the command line in one line; '' when the process is gone or says none."""
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return b" ".join(words).decode(errors="replace").strip()


def descendants(pid: int) -> list[Identity]:
    """Return the children of the process, their children, and so on."""
    children: dict[int, list[int]] = {}
    for other in _pids():
        fields = _stat(other)
        if fields:
            children.setdefault(int(fields[1]), []).append(other)
    found, look = [], [pid]
    while look:
        look = [child for parent in look for child in children.get(parent, ())]
        found += look
    return [identity for identity in map(identify, found) if identity]


def _pids() -> Iterator[int]:
    """Yield the pid of every process that can be seen."""
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def owner_of_port(port: int) -> int | None:
    """Return the pid of the process that listens on this TCP port; None when it cannot be seen."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    return next((pid for pid in _pids() if sockets and sockets & set(_open_files(pid))), None)


def _listening_inodes(port: int) -> Iterator[str]:
    """Yield the inode of every socket that listens on the port (proc(5): net/tcp)."""
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (PROC / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def _open_files(pid: int) -> Iterator[str]:
    """Yield what the process's descriptors point to; nothing for another user's process."""
    with suppress(OSError):
        for entry in (PROC / str(pid) / "fd").iterdir():
            with suppress(OSError):
                yield os.readlink(entry)


def die_with_parent() -> Callable[[], None]:
    """Return what a child calls before it becomes another program: SIGTERM when its parent dies (Linux).

    The parent may die before the child asked for it, so the child looks again. Elsewhere it does nothing.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    parent, prctl = os.getpid(), ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask
