"""One start of an agent's run: what it has, put together from its inputs, its grants, its accounts and its journal."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, cast

from runners.agents.clock import Clocked
from runners.agents.inputs import AgentInputs
from runners.agents.journal import Journal
from runners.agents.loop import Agent
from runners.agents.messages import Remembered
from runners.agents.offered import offered
from runners.agents.permits import Permits
from runners.agents.remembering import Remembering
from runners.agents.spent import Spent
from runners.agents.tools.tool import Situation
from runners.engine.errors import Conflict
from runners.engine.handler import Context, HandlerFailed, TimedOut
from runners.engine.outgoing.address import Gate
from runners.models.asking import Answer, Message, ask
from runners.models.endpoint import Endpoint, NoAnswer, of_account, of_environment, speaking

TURN_SEC = 60.0


def work(ctx: Context, inputs: AgentInputs) -> dict[str, Any]:
    """Carry the run on from where its journal stands, and return its output. Raises HandlerFailed."""
    remembering, journal = Remembering(ctx, inputs), Journal(ctx)
    left = inputs.limits.seconds - Spent.of(journal.steps).seconds
    clock = Clocked(ctx, left)
    with ExitStack() as closing, remembering.of(journal) as said:
        situation = Situation(cast(Context, clock), inputs, Permits.of(inputs.allow_tools, ctx.grants), closing)
        try:
            output = _agent(situation, journal, remembering.told).work()
        except TimedOut:
            if clock.is_over:
                raise HandlerFailed(
                    f"limit 'seconds' is reached: {inputs.limits.seconds} of work are used", final=True
                ) from None
            raise
        said.append(str(output["summary"]))
    return output


def _agent(situation: Situation, journal: Journal, remembered: Sequence[Remembered]) -> Agent:
    ctx, inputs = situation.ctx, situation.inputs
    endpoint = _endpoint(ctx, inputs)
    if inputs.limits.cost is not None and endpoint.price is None:
        raise HandlerFailed(
            f"limit 'cost' is set, and {endpoint.named} states no price: set \"price_per_million_tokens\" "
            '({"input": …, "output": …}) in the account\'s config',
            final=True,
        )

    def turn(messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> Answer:
        gate = Gate.of(ctx.settings)
        try:
            return ask(gate, endpoint, messages, {"tools": tools}, longest_sec=TURN_SEC, check=ctx.check)
        except NoAnswer as fault:
            raise HandlerFailed(str(fault)) from None

    return Agent(situation, endpoint, turn, offered(situation), journal, remembered)


def _endpoint(ctx: Context, inputs: AgentInputs) -> Endpoint:
    """Return the model to ask: of the account that is named, else the environment's, else of the first account that speaks."""
    if inputs.account is None and (own := of_environment(ctx.settings, inputs.model)):
        return own
    provider, _, account_id = (inputs.account or "").partition("/")
    found = speaking(ctx.platform, provider or None, account_id or None)
    if not found:
        fault = (
            f"account '{inputs.account}' is disabled; enable it under Integrations"
            if inputs.account
            else "no account speaks for a language model; add one under Integrations, such as openai/main"
        )
        raise HandlerFailed(fault)
    try:
        return of_account(ctx.platform, found[0], inputs.model)
    except (Conflict, NoAnswer) as fault:
        raise HandlerFailed(f"account '{found[0].name}': {fault}") from None
