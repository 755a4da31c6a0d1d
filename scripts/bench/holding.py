"""What each process holds at rest and at work: connections to Redis and memory, its children's included."""

import os
import re
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import ours
from ground import free_port, processes, resident_mb, wait_for
from living import answers, command

from runners.engine.platform import Platform

KINDS = ("web", "scheduler", "worker", "connector")
JOBS = 40
READERS = 16
LOOK_SEC = 0.1
SOCKET = re.compile(r"socket:\[(\d+)\]")
Held = dict[str, dict[str, float]]


def holding(env: Mapping[str, str], folder: Path, seconds: float) -> dict[str, Held]:
    """Return the most that each process held, by `rest` and `work`: connections, memory alone and with its children in MB.

    At work 40 jobs fall due every second, which run in threads of the worker, while 16 clients read runs and pages.
    """
    platform, port = ours.platform(env), free_port()
    platform.store.redis.flushall()
    with processes([command(kind) for kind in KINDS], {**env, "PORT": str(port)}, folder) as pids:
        by_kind = dict(zip(KINDS, pids, strict=True))
        wait_for(lambda: answers(port), 60, "web")
        wait_for(lambda: platform.store.redis.zcard(platform.store.keys.processes) >= len(KINDS) - 1, 60, "the others")
        rest = _watch(platform, by_kind, seconds)
        for number in range(JOBS):
            work = {"type": "simulation.heavy", "schedule": {"interval_sec": 1}, "inputs": {"work_ms": 200}}
            ours.save_job(platform, f"job-{number}", **work)
        over = threading.Event()
        readers = [threading.Thread(target=_read, args=(port, over)) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        try:
            return {"rest": rest, "work": _watch(platform, by_kind, seconds)}
        finally:
            over.set()
            for reader in readers:
                reader.join()


def _watch(platform: Platform, by_kind: Mapping[str, int], seconds: float) -> Held:
    """Look again and again, and keep the most of each."""
    most: Held = {kind: {"connections": 0, "mb": 0, "family_mb": 0} for kind in (*by_kind, "all")}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seen = {kind: _held(platform, pid) for kind, pid in by_kind.items()}
        seen["all"] = {name: sum(one[name] for one in seen.values()) for name in most["all"]}
        for kind, now in seen.items():
            most[kind] = {name: max(value, now[name]) for name, value in most[kind].items()}
        time.sleep(LOOK_SEC)
    return most


def _held(platform: Platform, pid: int) -> dict[str, float]:
    clients = {client["addr"] for client in platform.store.redis.client_list()}
    family = list(_family(pid))
    sockets = _sockets(family)
    connections = sum(address in clients for address, inode in _addresses() if inode in sockets)
    return {"connections": connections, "mb": resident_mb(pid), "family_mb": sum(map(_memory, family))}


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has ended meanwhile
        return
    for child in children:
        yield from _family(int(child))


def _memory(pid: int) -> float:
    try:
        return resident_mb(pid)
    except OSError:
        return 0.0


def _sockets(pids: list[int]) -> set[str]:
    found = set()
    for pid in pids:
        try:
            links = [os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            continue
        found |= {match[1] for link in links if (match := SOCKET.fullmatch(link))}
    return found


def _addresses() -> Iterator[tuple[str, str]]:
    """Yield the address of each TCP socket of this machine, as CLIENT LIST spells it, and its inode."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        yield f"127.0.0.1:{int(fields[1].partition(':')[2], 16)}", fields[9]


def _read(port: int, over: threading.Event) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        while not over.is_set():
            for path in ("/runs", "/ui/runs", "/ui"):
                client.get(path).raise_for_status()
