"""Reading text files, and what stands in folders, below allowed folders: bounded, and nothing but regular files."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from runners.engine.errors import MultijobError
from runners.engine.folders import Place, descend, find

READ_BYTES = 24 * 1024
MOST_ENTRIES = 500
KINDS = {stat.S_IFDIR: "folder", stat.S_IFREG: "file", stat.S_IFLNK: "link"}


class NotRead(MultijobError):
    """Nothing could be read; the message says why, and nothing of what is outside."""


def text_of(path: str, allowed: Sequence[Path], offset: int = 0) -> str:
    """Return the text of a file from `offset` in bytes, at most `READ_BYTES`, saying what is left. Raises NotRead."""
    place = _place(path, allowed)
    try:
        size, part = _read(place, offset)
    except OSError as fault:
        raise NotRead(f"file {path!r} cannot be read: {fault.strerror}") from None
    if b"\0" in part:
        raise NotRead(f"file {path!r} is no text")
    text, used = _decoded(path, part, ends=offset + len(part) >= size)
    left = size - offset - used
    return text + (f"\n[{left} more bytes; go on at offset {offset + used}]" if left > 0 else "")


def entries_of(path: str, allowed: Sequence[Path]) -> str:
    """Return what stands in a folder, a line each: kind, size, name. Raises NotRead."""
    place = _place(path, allowed)
    try:
        folder = descend(place)
        try:
            names = sorted(os.listdir(folder))
            lines = [line for name in names[:MOST_ENTRIES] if (line := _line(folder, name))]
        finally:
            os.close(folder)
    except OSError as fault:
        raise NotRead(f"folder {path!r} cannot be read: {fault.strerror}") from None
    rest = [f"[{len(names) - MOST_ENTRIES} more]"] if len(names) > MOST_ENTRIES else []
    return "\n".join([*lines, *rest]) or "[nothing]"


def _place(path: str, allowed: Sequence[Path]) -> Place:
    place = find(path, allowed) if allowed else None
    if place is None:
        raise NotRead(f"{path!r} is not below a folder that may be read")
    return place


def _read(place: Place, offset: int) -> tuple[int, bytes]:
    """Return the file's size and a part of it. Nothing but a regular file is opened: a pipe would wait, a device would act."""
    folder = descend(Place(place.root, place.path.parent) if place.path != place.root else place)
    try:
        name = place.path.name
        _refuse_special(os.stat(name, dir_fd=folder, follow_symlinks=False))
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        found = os.fstat(file)
        _refuse_special(found)
        return found.st_size, os.pread(file, READ_BYTES, offset)
    finally:
        os.close(file)


def _refuse_special(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(0, "it is no regular file")


def _decoded(path: str, part: bytes, *, ends: bool) -> tuple[str, int]:
    """Return the text and how many bytes it took: a character that the end of the part cuts is left for the next one."""
    try:
        return part.decode(), len(part)
    except UnicodeDecodeError as fault:
        if ends or fault.start < len(part) - 3 or fault.start == 0:
            raise NotRead(f"file {path!r} is no text in UTF-8") from None
        return part[: fault.start].decode(), fault.start


def _line(folder: int, name: str) -> str:
    """Return what stands there by that name, '' when it has gone since the folder was read."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return ""
    kind = KINDS.get(stat.S_IFMT(found.st_mode), "special")
    shown = "".join(char if char.isprintable() else "�" for char in name)
    return f"{kind:7} {found.st_size:>12} {shown}"
