"""What every measurement stands on: a private redis-server, processes that are ended, and waiting with a limit."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis

CHECKOUT = Path(__file__).resolve().parent.parent.parent
Command = Sequence[str]


class NotReady(Exception):
    """Something that was waited for did not happen in time."""


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a private redis-server without persistence on a loopback port; yields its URL."""
    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    server = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        wait_for(lambda: answers(url), 10, "redis-server")
        yield url
    finally:
        server.terminate()
        server.wait()


def answers(url: str) -> bool:
    """Say whether a server answers there."""
    try:
        return bool(redis.Redis.from_url(url).ping())
    except redis.RedisError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until the condition holds. Raises NotReady."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise NotReady(f"{what}: not ready after {seconds:g} s")
        time.sleep(0.02)


@contextmanager
def processes(commands: Sequence[Command], env: Mapping[str, str], folder: Path) -> Iterator[list[int]]:
    """Run the commands beside each other and yield their process ids; they are ended by SIGTERM, then by SIGKILL."""
    log = (folder / "processes.log").open("ab")
    running = [subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=folder) for command in commands]
    try:
        yield [process.pid for process in running]
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        log.close()


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process and its ended children have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def family_cpu(pid: int) -> float:
    """Return the processor time of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return cpu_seconds(pid) + sum(family_cpu(int(child)) for child in children)


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
