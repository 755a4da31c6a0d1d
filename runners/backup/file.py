"""The file: gzip of JSON lines. The first says what it is, the last how many lines it has, their SHA-256, and the key's word on that.

    {"kind": "backup", "format": 1, "version": …, "data_format": …, "made_at": …, "mode": …, "salt": …}
    {"kind": "job", "name": "daily", "key": "@job:daily", "writes": [["HMSET", "@job:daily", …], …], "queued": [[run id, priority], …]}
    {"kind": "events", "rows": [row, …]}
    {"kind": "audit", "rows": [[id, row], …]}
    {"kind": "lost_secrets" | "unreadable", "name": what is not in it, and why, "key": "", "writes": []}
    {"kind": "end", "lines": …, "sha256": …, "mac": …}

`@` stands for the prefix of a deployment's keys. Lines are read and written one by one: memory holds the largest object.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from runners.engine.errors import MultijobError
from runners.engine.whole_file import replacing

FORMAT = 1
LACKING = ("lost_secrets", "unreadable")
"""Kinds of lines that say what is not in the file: secrets that no key opened, and records that nobody could read."""
LONGEST_LINE = 64 * 1024 * 1024
"""Characters of one object: far more than any has, and what a hostile file may cost in memory."""


class BackupUnusable(MultijobError):
    """The file is no backup, is broken, cut or changed, or of a form that this version does not know."""


class Writing:
    """Writes the lines of one backup."""

    def __init__(self, lines: gzip.GzipFile) -> None:
        self._lines, self._digest, self.count = lines, hashlib.sha256(), 0

    def line(self, said: Mapping[str, Any]) -> None:
        """Write one line."""
        text = json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        self._digest.update(text)
        self._lines.write(text)
        self.count += 1

    @property
    def digest(self) -> bytes:
        """SHA-256 of the lines so far."""
        return self._digest.digest()

    def end(self, mac: str) -> None:
        """Write the last line."""
        self.line({"kind": "end", "lines": self.count, "sha256": self.digest.hex(), "mac": mac})


@contextmanager
def writing(path: Path) -> Iterator[Writing]:
    """Give what writes the file; it stands at `path`, readable by its owner alone, once everything is in it, and never half."""
    with replacing(path) as file, gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as lines:
        yield Writing(lines)


@dataclass(frozen=True, slots=True)
class Seal:
    """What the end of a file says: SHA-256 of all lines before it, and the key's word on that."""

    digest: bytes
    mac: str


def lines(file: IO[bytes]) -> Iterator[tuple[dict[str, Any], Seal | None]]:
    """Yield every line from the first to the end, with the seal at the end only. Raises BackupUnusable at the first fault."""
    file.seek(0)
    digest, count, ended = hashlib.sha256(), 0, False
    for text in _texts(file):
        if ended:
            raise BackupUnusable("the backup goes on behind its end; it was changed")
        said = _parsed(text, count)
        if count == 0 and (said["kind"], said.get("format")) != ("backup", FORMAT):
            raise BackupUnusable(f"the file is no backup of the form {FORMAT}, which this version knows")
        seal = None
        if said["kind"] == "end":
            seal, ended = Seal(digest.digest(), str(said.get("mac"))), True
            if (said.get("lines"), said.get("sha256")) != (count, digest.hexdigest()):
                raise BackupUnusable("the backup is broken: its checksum is another; take another copy of it")
        digest.update(text)
        count += 1
        yield said, seal
    if not ended:
        raise BackupUnusable(f"the backup is cut off behind line {count}; take another copy of it")


def _texts(file: IO[bytes]) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
            while text := unpacked.readline(LONGEST_LINE):
                yield text
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise BackupUnusable(f"the file is no backup, or is broken or cut off ({fault})") from fault


def _parsed(text: bytes, number: int) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("kind"), str) or not text.endswith(b"\n"):
        raise BackupUnusable(f"line {number + 1} of the file is none of a backup")
    return said
