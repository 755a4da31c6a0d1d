"""`agent.workflow`: a language model that works on a prompt by tools, within limits, every step on record."""

from __future__ import annotations

from typing import Any

from runners.agents.inputs import AgentInputs
from runners.engine.handler import Context, handler


@handler("agent.workflow", inputs=AgentInputs, isolation="thread", grants=True)
def workflow(ctx: Context, inputs: AgentInputs) -> dict[str, Any]:
    """Let a language model work on a prompt by tools, step by step, within limits."""
    # the web process knows this module for its inputs alone
    from runners.agents.start import work

    return work(ctx, inputs)
