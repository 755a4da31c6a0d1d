"""One run of an agent: plan with the model, act, observe, until it finishes, fails for good, or reaches a limit.

Every start of the run goes on from the journal (`acting` says how).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from runners.agents import messages
from runners.agents.acting import Acting
from runners.agents.answering import Unusable, Wanted, wanted
from runners.agents.journal import Journal
from runners.agents.lacking import refusal
from runners.agents.permits import Lack
from runners.agents.spent import Spent, cost_of
from runners.agents.tools.tool import Situation, Tool
from runners.engine.agents.step import Step, StepOutcome, Talk
from runners.engine.handler import HandlerFailed
from runners.engine.known_secrets import hidden_value
from runners.models.asking import Answer, Message
from runners.models.endpoint import Endpoint

OPEN = frozenset({StepOutcome.BEGUN, StepOutcome.WAITING, StepOutcome.UNKNOWN})
Model = Callable[[Sequence[Message], Sequence[dict[str, Any]]], Answer]


class Agent:
    """`ask` puts messages and tools to the model, and raises NoAnswer."""

    def __init__(
        self,
        situation: Situation,
        endpoint: Endpoint,
        ask: Model,
        tools: Sequence[Tool[Any]],
        journal: Journal,
        remembered: Sequence[messages.Remembered] = (),
    ) -> None:
        self.ctx, self.inputs = situation.ctx, situation.inputs
        self._endpoint = endpoint
        self._ask = ask
        self._acting = Acting(situation, tools, journal)
        self._tools = self._acting.tools
        self.journal = journal
        self._remembered = remembered
        self._turn = Answer("", (), 0, 0)

    def work(self) -> dict[str, Any]:
        """Return the output of the run. Raises HandlerFailed, and what asks for people or ends the run."""
        try:
            return self._worked()
        except HandlerFailed:
            self._acting.show_end()
            raise

    def _worked(self) -> dict[str, Any]:
        if self.journal.rows and (row := self.journal.rows[-1])[0].outcome in OPEN:
            if row[0].tool == "plan":
                self._agree(*row)
            else:
                self._acting.settle(*row)
        while (last := self._last_word()) is None:
            self._respect_limits()
            self._next()
        self._acting.show_end()
        return last

    def _last_word(self) -> dict[str, Any] | None:
        """Return the output once the model has finished; raises HandlerFailed when it says that it did not succeed."""
        if not self.journal.rows:
            return None
        step, talk = self.journal.rows[-1]
        if step.tool != "finish" or step.outcome is not StepOutcome.DONE:
            return None
        if not talk.arguments["success"]:
            raise HandlerFailed(f"the agent gave up: {step.preview}", final=True)
        spent = Spent.of(self.journal.steps)
        return {
            "summary": talk.arguments["summary"],
            "steps": spent.steps,
            "tokens": spent.tokens,
            "cost": round(spent.cost, 6) if self._endpoint.price else None,
            "seconds": round(spent.seconds, 3),
            "model": self._endpoint.model,
        }

    def _respect_limits(self) -> None:
        if reached := Spent.of(self.journal.steps).reached(self.inputs.limits):
            raise HandlerFailed(reached, final=True)
        failed = 0
        for step in reversed(self.journal.steps):
            if step.outcome not in (StepOutcome.FAILED, StepOutcome.REFUSED) or step.attempt != self.ctx.attempt:
                break
            failed += 1
        if failed > self.inputs.limits.repairs:
            step = self.journal.steps[-1]
            tries = f"{failed - 1} {'try' if failed == 2 else 'tries'}"
            tried = f", and so did {tries} to repair it" if failed > 1 else ""
            raise HandlerFailed(f"step {step.number} failed{tried}: {step.preview}")

    def _next(self) -> None:
        """Ask the model for one more step, and take it."""
        self.ctx.check()
        self._acting.lap()
        planned = any(step.tool == "plan" and step.outcome is StepOutcome.DONE for step in self.journal.steps)
        tools = messages.offered(self._tools.values(), planned=planned)
        said = [
            *messages.task(self.inputs.prompt, self._tools.values(), self._remembered),
            *messages.so_far(self.journal.rows),
        ]
        self._turn = self._ask(said, tools)
        known = [tool["function"]["name"] for tool in tools]
        try:
            self._take(wanted(self._turn, known))
        except Unusable as fault:
            self._note(fault)

    def _take(self, want: Wanted) -> None:
        arguments = hidden_value(want.arguments)
        if want.tool == "plan":
            self._plan(arguments, want.why)
        elif want.tool == "finish":
            self._finish(arguments, want.why)
        else:
            tool = self._tools[want.tool]
            read = self._read(tool, arguments)
            step = self._step(want.tool, tool.what(read), want.why)
            self._acting.go(step, Talk(arguments, mark=tool.mark), tool, read)

    def _read(self, tool: Tool[Any], arguments: dict[str, Any]) -> Any:
        try:
            return tool.read(arguments)
        except ValueError as fault:
            said = {"said": f"{tool.name}: {arguments}"[:2000]}
            raise Unusable(f"These arguments of {tool.name} cannot be used: {fault}", arguments=said) from None

    def _step(self, tool: str, what: str, why: str) -> Step:
        """Return a new step, which has cost the turn of the model that led to it."""
        turn = self._turn
        return Step(
            number=len(self.journal.rows) + 1,
            attempt=self.ctx.attempt,
            tool=tool,
            what=what,
            why=why,
            outcome=StepOutcome.BEGUN,
            begun_at=self.journal.now(),
            tokens_in=turn.tokens_in,
            tokens_out=turn.tokens_out,
            cost=cost_of(self._endpoint.price, turn.tokens_in, turn.tokens_out),
            starts=0,
        )

    def _plan(self, arguments: dict[str, Any], why: str) -> None:
        steps = arguments.get("steps")
        if not isinstance(steps, list) or not steps or not all(isinstance(one, dict) for one in steps):
            raise Unusable(
                "A plan has a list of steps, each with its tool and why.", arguments={"said": str(arguments)[:2000]}
            )
        self._agree(self._step("plan", f"plan {len(steps)} step{'s' * (len(steps) > 1)}", why), Talk(arguments))

    def _agree(self, step: Step, talk: Talk) -> None:
        """Take the plan, once people have agreed to all that it lacks, as far as it says what that is. Raises HandlerFailed."""
        steps = talk.arguments["steps"]
        if lacks := list(self._planned_lacks(steps)):
            if not self.inputs.require_approval_for_missing:
                self.journal.end(step, talk, StepOutcome.REFUSED, self._acting.lap(), refusal(lacks, asked=False))
                raise HandlerFailed(f"the plan needs what the job has not: {refusal(lacks, asked=False)}", final=True)
            talk = self._acting.ask(step, talk, lacks)
        shown = "\n".join(f"{place}. {one.get('tool')}: {one.get('why')}" for place, one in enumerate(steps, 1))
        self.journal.end(step, talk, StepOutcome.DONE, self._acting.lap(), shown)

    def _planned_lacks(self, steps: Iterable[dict[str, Any]]) -> Iterator[Lack]:
        """Yield what the steps lack that say their arguments; what the others lack is asked for when they come."""
        for one in steps:
            tool, arguments = self._tools.get(str(one.get("tool"))), one.get("arguments")
            if tool is None or not isinstance(arguments, dict):
                continue
            with suppress(ValueError):
                yield from tool.lacks(tool.read({name: value for name, value in arguments.items() if name != "why"}))

    def _finish(self, arguments: dict[str, Any], why: str) -> None:
        summary, success = arguments.get("summary"), arguments.get("success")
        if not isinstance(summary, str) or not isinstance(success, bool):
            raise Unusable(
                "`finish` says summary (a text) and success (true or false).", arguments={"said": str(arguments)[:2000]}
            )
        step = self._step("finish", "finish" if success else "give up", why)
        self.journal.end(
            step, Talk({"summary": summary, "success": success}), StepOutcome.DONE, self._acting.lap(), summary
        )

    def _note(self, fault: Unusable) -> None:
        """Journal an answer that could not be used; the model is told why."""
        step = self._step("answer", "an answer that could not be used", fault.why)
        talk = Talk(fault.arguments, f"{fault} {messages.REMINDER}")
        self.journal.end(step, talk, StepOutcome.FAILED, self._acting.lap(), str(fault))
