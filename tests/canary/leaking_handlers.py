"""Handlers that let what they are given out in every way that they have; installed as a user would install his."""

import base64
import json
import os
import sys
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel

from runners.engine.handler import Context, HandlerFailed, handler


class Told(BaseModel, extra="forbid", frozen=True):
    """What is let out, and whether the run fails with it, or how."""

    secret: str
    end: str = "well"


def let_out(ctx: Context, inputs: Told) -> dict[str, Any]:
    secret = inputs.secret
    ctx.log(f"plain {secret}")
    for char in secret:
        ctx.write("stdout", char)
    ctx.write("stdout", "\n")
    ctx.log(secret[: len(secret) // 2])
    ctx.log(secret[len(secret) // 2 :])
    print(dict(os.environ), flush=True)
    ctx.progress(1, 2, f"{'x' * 180}{secret}")
    print(f"padded {'y' * 4090}{secret}", flush=True)
    print(base64.encodebytes(f"user:{secret}".encode() * 3).decode(), file=sys.stderr, flush=True)
    ctx.sleep(0.6)  # what waits is brought to the store meanwhile
    for _ in range(3):
        print(quote(secret, safe=""), secret.encode().hex(), json.dumps(json.dumps(secret)), repr(secret.encode()))
    if inputs.end == "failed":
        raise HandlerFailed(f"service said {secret}") from ValueError(secret)
    if inputs.end == "raised":
        raise LookupError(secret)
    if inputs.end == "refused":
        Told.model_validate({"secret": secret, secret: secret})
    if inputs.end == "huge":
        return {"text": "z" * (64 * 1024 - 30) + secret}
    return {"text": secret, secret: [secret], "basic": base64.b64encode(f"u:{secret}".encode()).decode()}


@handler("leak.apart", inputs=Told)
def apart(ctx: Context, inputs: Told) -> dict[str, Any]:
    """Let it out from a process of its own."""
    return let_out(ctx, inputs)


@handler("leak.inside", inputs=Told, isolation="thread")
def inside(ctx: Context, inputs: Told) -> dict[str, Any]:
    """Let it out inside the worker."""
    return let_out(ctx, inputs)
