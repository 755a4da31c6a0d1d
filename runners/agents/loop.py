"""One run of an agent: plan with the model, act, observe, until it finishes, fails for good, or reaches a limit.

Every start of the run goes on from the journal. A step that ended is never done again; one that was begun and whose end
nobody knows is repeated with its key where that is safe, and else put to a person.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from runners.agents import messages
from runners.agents.answering import Unusable, Wanted, wanted
from runners.agents.journal import Journal
from runners.agents.lacking import Question, refusal
from runners.agents.permits import Lack
from runners.agents.spent import NO_ACTS, Spent, cost_of
from runners.agents.tools.tool import ActFailed, Situation, Tool
from runners.engine.agents.step import Step, StepOutcome, Talk
from runners.engine.errors import MultijobError
from runners.engine.handler import HandlerFailed, Interrupted
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
        remembered: Sequence[str] = (),
    ) -> None:
        self.ctx, self.inputs = situation.ctx, situation.inputs
        self._situation = situation
        self._endpoint = endpoint
        self._ask = ask
        self._tools = {tool.name: tool for tool in tools}
        self.journal = journal
        self._remembered = remembered
        self._began = time.monotonic()
        self._turn = Answer("", (), 0, 0)

    def work(self) -> dict[str, Any]:
        """Return the output of the run. Raises HandlerFailed, and what asks for people or ends the run."""
        if self.journal.rows and self.journal.rows[-1][0].outcome in OPEN:
            self._settle(*self.journal.rows[-1])
        while (last := self._last_word()) is None:
            self._respect_limits()
            self._next()
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
            tried = f", and so did {failed - 1} tries to repair it" if failed > 1 else ""
            raise HandlerFailed(f"step {step.number} failed{tried}: {step.preview}")

    def _next(self) -> None:
        """Ask the model for one more step, and take it."""
        self.ctx.check()
        self._began = time.monotonic()
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
            self._go(step, Talk(arguments, mark=tool.mark), tool, read)

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
        shown = "\n".join(f"{place}. {one.get('tool')}: {one.get('why')}" for place, one in enumerate(steps, 1))
        step = self._step("plan", f"plan {len(steps)} steps", why)
        self.journal.end(step, Talk(arguments), StepOutcome.DONE, self._lap(), shown)

    def _finish(self, arguments: dict[str, Any], why: str) -> None:
        summary, success = arguments.get("summary"), arguments.get("success")
        if not isinstance(summary, str) or not isinstance(success, bool):
            raise Unusable(
                "`finish` says summary (a text) and success (true or false).", arguments={"said": str(arguments)[:2000]}
            )
        step = self._step("finish", "finish" if success else "give up", why)
        self.journal.end(step, Talk({"summary": summary, "success": success}), StepOutcome.DONE, self._lap(), summary)

    def _note(self, fault: Unusable) -> None:
        """Journal an answer that could not be used; the model is told why."""
        step = self._step("answer", "an answer that could not be used", fault.why)
        talk = Talk(fault.arguments, f"{fault} {messages.REMINDER}")
        self.journal.end(step, talk, StepOutcome.FAILED, self._lap(), str(fault))

    def _go(self, step: Step, talk: Talk, tool: Tool[Any], arguments: Any) -> None:
        """Act, when nothing lacks; else people are asked for all of it at once, and the run waits."""
        lacks = tool.lacks(arguments)
        if not lacks:
            self._act(step, talk, tool, arguments)
            return
        if self.inputs.require_approval_for_missing and not talk.asked:
            talk = self._asked(step, talk, lacks)
        self._ended(step, talk, StepOutcome.REFUSED, *[refusal(lacks, asked=bool(talk.asked))] * 2)

    def _asked(self, step: Step, talk: Talk, lacks: Sequence[Lack]) -> Talk:
        """Ask people; returns only when they agreed to exactly this in an earlier step."""
        about = f"Step {step.number} of the agent"
        question = Question.of(about, lacks, {"step": step.what, "why": step.why})
        talk = replace(talk, asked=question.requests)
        told = {"step": step.number, "summary": question.summary}
        self.journal.write("begin", replace(step, outcome=StepOutcome.WAITING), talk, told)
        try:
            self.ctx.require_approval(question.summary, question.requests, grants=question.grants)
        except ValueError as fault:
            raise HandlerFailed(str(fault), final=True) from None
        return talk

    def _act(self, step: Step, talk: Talk, tool: Tool[Any], arguments: Any) -> None:
        step = replace(step, outcome=StepOutcome.BEGUN, starts=step.starts + 1)
        self.journal.write("begin", step, talk)
        self.ctx.log(f"step {step.number}: {step.what}")
        self._show(step)
        try:
            seen = tool.act(arguments, f"{self.ctx.idempotency_key}-{step.number}")
            self._ended(step, talk, StepOutcome.DONE, seen.text, seen.preview or seen.text)
        except HandlerFailed as fault:
            self._ended(step, talk, StepOutcome.FAILED, str(fault), str(fault))
        except (ActFailed, MultijobError) as fault:
            self._ended(step, talk, StepOutcome.FAILED, str(fault), str(fault))
        except Interrupted:
            self.journal.end(step, talk, StepOutcome.UNKNOWN, self._lap(), "it was interrupted")
            raise

    def _ended(self, step: Step, talk: Talk, outcome: StepOutcome, text: str, preview: str) -> None:
        self.journal.end(step, replace(talk, observation=text), outcome, self._lap(), preview)

    def _settle(self, step: Step, talk: Talk) -> None:
        """Bring the last step of an earlier start to its end."""
        tool = self._tools.get(step.tool)
        if tool is None:
            raise HandlerFailed(f"step {step.number}: tool '{step.tool}' is not there any more", final=True)
        if talk.mark != tool.mark:
            self._ended(step, talk, StepOutcome.FAILED, *[f"{tool.name} is not what it was when it was chosen"] * 2)
            return
        self._go(step, talk, tool, tool.read(talk.arguments))

    def _show(self, step: Step) -> None:
        done = sum(one.tool not in NO_ACTS for one in self.journal.steps)
        self.ctx.progress(done, max(done, self.inputs.limits.steps), step.what[:200])

    def _lap(self) -> int:
        """Return the milliseconds since the last lap began, and begin a new one."""
        now = time.monotonic()
        took, self._began = now - self._began, now
        return round(took * 1000)
