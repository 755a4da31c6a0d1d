"""Handlers that ask people before they go on; installed beside the oracle's."""

from typing import Literal

from pydantic import BaseModel, Field

from runners.engine.handler import Context, Isolation, handler
from tests.faults.oracle_handlers import told


class CautiousInputs(BaseModel, extra="forbid", frozen=True):
    """Where the oracle's lines go, how to ask (by a call, or by the output), how long to work before and to wait after."""

    path: str
    how: Literal["call", "output"] = "call"
    work_ms: int = Field(default=0, ge=0, le=60_000)
    expires_sec: int | None = None


def ask(ctx: Context, inputs: CautiousInputs) -> dict[str, object]:
    """Ask for approval, and tell what was granted."""
    with told(ctx, inputs.path):
        if inputs.work_ms:
            ctx.sleep(inputs.work_ms / 1000)
        requests = [{"delete": "old.csv"}]
        if inputs.how == "output":
            return {"requires_approval": True, "summary": "Delete a file", "approval_requests": requests}
        granted = ctx.require_approval("Delete a file", requests, inputs.expires_sec)
    return {"by": list(granted.approved_by), "note": granted.note, "last": granted == ctx.approval}


def _in(isolation: Isolation) -> object:
    return handler(f"cautious.{isolation}", inputs=CautiousInputs, isolation=isolation)(ask)


in_thread, in_process = _in("thread"), _in("process")
