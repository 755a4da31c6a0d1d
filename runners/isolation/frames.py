"""How a worker and a handler's process speak: JSON objects, each with its length before it, over a socket."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

LENGTH = struct.Struct("!I")
LARGEST = 2 * 1024 * 1024
"""Bytes of one frame: inputs are at most 256 KiB, outputs 64 KiB, before JSON escapes any of it."""
PART = 256 * 1024
Frame = dict[str, Any]


class Garbled(Exception):
    """The other side sent what is no frame."""


def encode(frame: Frame) -> bytes:
    """Return the frame as it is sent."""
    text = json.dumps(frame).encode()
    return LENGTH.pack(len(text)) + text


class Frames:
    """Puts frames together from the parts in which they arrive."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def add(self, part: bytes) -> list[Frame]:
        """Take what arrived and return the frames that are whole now. Raises Garbled."""
        self._rest += part
        whole = []
        while len(self._rest) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._rest)
            if length > LARGEST:
                raise Garbled(f"a frame of {length} bytes")
            if len(self._rest) < LENGTH.size + length:
                break
            whole.append(_decoded(bytes(self._rest[LENGTH.size : LENGTH.size + length])))
            del self._rest[: LENGTH.size + length]
        return whole


def _decoded(text: bytes) -> Frame:
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Garbled(f"{text[:80]!r}: {error}") from error
    if not isinstance(frame, dict):
        raise Garbled(f"{text[:80]!r} is no object")
    return frame


def receive(channel: socket.socket, frames: Frames) -> list[Frame] | None:
    """Read once; None when the other side is gone. Raises BlockingIOError when there is nothing, and Garbled."""
    try:
        part = channel.recv(PART)
    except ConnectionError:
        return None
    return frames.add(part) if part else None
