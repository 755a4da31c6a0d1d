"""Disks that are full: under the processes' own logs, and under the server's append-only file."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import let_pass, push_unknown, rounds, schedule_jobs, wait_for_starts
from tests.waiting import wait_until

FULL = Path("/dev/full")
"""A device on which every write fails as on a full disk."""
DISK_MB = 48


def logs_do_not_fit(deployment: Deployment, seconds: float) -> int:
    """Let every line that a process logs fail; counts the messages that were refused without a line about it."""
    deployment.spawn.sink = FULL
    schedule_jobs(deployment)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    for number in rounds(seconds):
        push_unknown(deployment)
        wait_until(lambda done=number: _unlogged(deployment) > done)
    wait_for_starts(deployment, 20)
    return _unlogged(deployment)


def append_only_file_does_not_fit(deployment: Deployment, seconds: float) -> int:
    """Fill the disk of the append-only file, and make room again; counts the writes that the server refused."""
    disk = _small_disk(deployment)
    schedule_jobs(deployment)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    wait_for_starts(deployment, 5)
    for _ in rounds(seconds):
        filler = f"/proc/self/fd/{disk}/filler"
        _fill(filler)
        wait_until(lambda: _refused(deployment), 15)
        let_pass(1.5)
        os.unlink(filler)
        wait_for_starts(deployment, 20)
    os.close(disk)
    return _refused(deployment)


def _unlogged(deployment: Deployment) -> int:
    store = deployment.platform.store
    return int(store.redis.hget(store.keys.metrics, "refused_messages") or 0)


def _small_disk(deployment: Deployment) -> int:
    """Restart the server, empty, on a small disk in memory (which takes root); return the disk's open folder.

    The disk is unmounted at once and lives on under those who stand in it, so that nothing is left behind by a crash.
    """
    server = deployment.server
    server.kill()
    place = server.folder / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(place)], check=True)
    try:
        disk = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        server.folder = place
        server.start()
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
    return disk


def _fill(path: str) -> None:
    with suppress(OSError), open(path, "wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


def _refused(deployment: Deployment) -> int:
    with deployment.server.client() as client:
        return int(client.info("errorstats").get("errorstat_MISCONF", {}).get("count", 0))
