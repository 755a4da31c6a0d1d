"""Handlers that tell a file outside Redis when they start and end: what really ran, whatever the store says.

Installed by `oracle.install` as an entry point of its own distribution, the way a user brings a handler.
"""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from pydantic import BaseModel, Field

from runners.engine.handler import Context, HandlerFailed, handler


class WriteInputs(BaseModel, extra="forbid", frozen=True):
    """Where to write, how long to work, and whether to ignore being told to stop."""

    path: str
    work_ms: int = Field(default=0, ge=0, le=300_000)
    ignore_stop: bool = False


class RaiseInputs(BaseModel, extra="forbid", frozen=True):
    """Where to write, and how to end badly; from attempt `until_attempt` on it ends well."""

    path: str
    how: Literal["failure", "mute", "system_exit", "base_exception", "not_json"]
    until_attempt: int = 100


class Rudeness(BaseException):
    """What no `except Exception` catches."""


class Mute(HandlerFailed):
    """Has words that cannot be had."""

    def __str__(self) -> str:
        raise LookupError("no words")


@handler("oracle.write", inputs=WriteInputs, isolation="thread")
def write(ctx: Context, inputs: WriteInputs) -> dict[str, int]:
    """Work for `work_ms` between a start line and an end line."""
    with told(ctx, inputs.path):
        if inputs.ignore_stop:
            threading.Event().wait(inputs.work_ms / 1000)
        elif inputs.work_ms:
            ctx.sleep(inputs.work_ms / 1000)
    return {"pid": os.getpid()}


@handler("oracle.raise", inputs=RaiseInputs, isolation="thread")
def fail(ctx: Context, inputs: RaiseInputs) -> object:
    """End in the way that is asked for."""
    with told(ctx, inputs.path):
        if ctx.attempt >= inputs.until_attempt:
            return "well"
        if inputs.how == "system_exit":
            raise SystemExit(3)
        if inputs.how == "base_exception":
            raise Rudeness("rude")
        if inputs.how == "failure":
            raise HandlerFailed("as asked")
        if inputs.how == "mute":
            raise Mute()
        return {"not": {"json"}}


@contextmanager
def told(ctx: Context, path: str) -> Iterator[None]:
    """Write a start line, and an end line when the block is left, however that happens."""
    _tell(ctx, path, "start")
    try:
        yield
    finally:
        _tell(ctx, path, "end")


def _tell(ctx: Context, path: str, mark: str) -> None:
    line = {
        "mark": mark,
        "run_id": ctx.run_id,
        "job_id": ctx.job_id,
        "attempt": ctx.attempt,
        "redelivered": ctx.redelivered,
        "claimed_at": ctx.started_at.isoformat(),
        "pid": os.getpid(),
        "at": time.monotonic(),
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, json.dumps(line).encode() + b"\n")  # one write to an append-only file is never torn
    finally:
        os.close(descriptor)
