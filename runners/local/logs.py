"""One .out.log and one .err.log per process, in `runtime-logs`; a large one begins anew, with one older beside it."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

LARGEST_BYTES = 5 * 1024 * 1024


def open_log(folder: Path, name: str, stream: str) -> BinaryIO:
    """Return the log to append to; `stream` is out or err. One older log is kept beside it, ending in .1."""
    folder.mkdir(parents=True, exist_ok=True)
    path = log_path(folder, name, stream)
    if path.exists() and path.stat().st_size > LARGEST_BYTES:
        path.replace(_older(path))
    return path.open("ab")


def shorten(folder: Path) -> None:
    """Let every large log begin anew while it is written; what it held is kept beside it. Raises OSError.

    Whoever writes into it appends, and so goes on at its new end. A line that comes between the copy and the cut is lost.
    """
    for path in folder.glob("*.log"):
        if path.stat().st_size > LARGEST_BYTES:
            shutil.copyfile(path, _older(path))
            os.truncate(path, 0)


def _older(path: Path) -> Path:
    return path.with_name(path.name + ".1")


def log_path(folder: Path, name: str, stream: str) -> Path:
    """Return where a process writes its stdout (out) or stderr (err)."""
    return folder / f"{name}.{stream}.log"


def last_lines(folder: Path, name: str, count: int = 12) -> str:
    """Return the end of what a process wrote to stderr; '' when it wrote nothing."""
    path = log_path(folder, name, "err")
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return "\n".join(lines[-count:])
