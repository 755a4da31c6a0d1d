"""What a handler asks of people, from either side of its process: hidden secrets first, then what was granted already.

Hidden both when it is asked and when the handler starts again, so that the same question is known by the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runners.engine.ask import Ask, Granted, OnExpiry, answer_to, asked_by
from runners.engine.handler import ApprovalNeeded
from runners.engine.known_secrets import KNOWN


def granted_or_asked(
    granted: Sequence[Granted],
    summary: str,
    requests: Sequence[Any],
    expires_sec: int | None,
    on_expiry: OnExpiry,
    grants: Sequence[tuple[str, str]],
) -> Granted:
    """Return what was granted for exactly this, or raise ApprovalNeeded; see `Context.require_approval`."""
    redactor = KNOWN.redactor
    ask = Ask.of(redactor.value(summary), redactor.value(list(requests)), expires_sec, on_expiry, grants)
    if (found := answer_to(ask, granted)) is None:
        raise ApprovalNeeded(ask)
    return found


def refuse_unasked(output: object, granted: Sequence[Granted]) -> None:
    """Raise ApprovalNeeded for an output that asks for what was not granted yet, and ValueError for a garbled question."""
    if not isinstance(output, dict) or output.get("requires_approval") is not True:
        return  # nearly all: nothing is hidden twice
    if ask := asked_by(KNOWN.redactor.value(output), granted):
        raise ApprovalNeeded(ask)
