"""One act of an agent, from what it lacks to what came of it: journalled before it is done, and after.

An act that ended is never done again. One that was begun and whose end nobody knows is repeated with its key where that is
safe, and else put to a person. What it lacks is one question; while people decide, the run waits, and then goes on from here.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from redis.exceptions import RedisError

from runners.agents.journal import Journal
from runners.agents.lacking import Question, doubt, refusal, was_asked
from runners.agents.permits import Lack
from runners.agents.spent import NO_ACTS
from runners.agents.tools.tool import ActFailed, Situation, Tool
from runners.engine.agents.step import Step, StepOutcome, Talk
from runners.engine.errors import MultijobError
from runners.engine.handler import HandlerFailed, Interrupted


class Acting:
    """`tools` are those of this start of the run, by name; `lap` measures the time at work since it was last read."""

    def __init__(self, situation: Situation, tools: Iterable[Tool[Any]], journal: Journal) -> None:
        self._ctx, self._inputs = situation.ctx, situation.inputs
        self.tools = {tool.name: tool for tool in tools}
        self._journal = journal
        self._began = time.monotonic()

    def lap(self) -> int:
        """Return the milliseconds since the last lap began, and begin a new one."""
        now = time.monotonic()
        took, self._began = now - self._began, now
        return round(took * 1000)

    def go(self, step: Step, talk: Talk, tool: Tool[Any], arguments: Any) -> None:
        """Act, when nothing lacks; else people are asked for all of it at once, or the step is refused."""
        lacks = tool.lacks(arguments)
        if not lacks:
            self._act(step, talk, tool, arguments)
            return
        if self._inputs.require_approval_for_missing:
            talk = self.ask(step, talk, lacks)
        self._ended(step, talk, StepOutcome.REFUSED, refusal(lacks, asked=bool(talk.asked)))

    def ask(self, step: Step, talk: Talk, lacks: Sequence[Lack]) -> Talk:
        """Ask people; returns only when they have agreed to this before, which has changed nothing."""
        question = Question.of(step, self._ctx.job_id, lacks)
        if question.requests != talk.asked and talk.asked and all(was_asked(lack, talk.asked) for lack in lacks):
            return talk
        return self._put(replace(step, outcome=StepOutcome.WAITING), talk, question)

    def settle(self, step: Step, talk: Talk) -> None:
        """Bring the last step of an earlier start of the run to its end."""
        tool = self.tools.get(step.tool)
        if tool is None or talk.mark != tool.mark:
            self._ended(step, talk, StepOutcome.FAILED, f"{step.tool} is not what it was when it was chosen")
            return
        try:
            arguments = tool.read(talk.arguments)
        except ValueError as fault:
            self._unreadable(step, talk, fault)
            return
        if step.outcome is not StepOutcome.WAITING and not tool.repeats_safely(arguments):
            talk = self._put(replace(step, outcome=StepOutcome.UNKNOWN), talk, doubt(step, self._ctx.job_id))
        self.go(step, talk, tool, arguments)

    def _unreadable(self, step: Step, talk: Talk, fault: ValueError) -> None:
        """End a step whose arguments another version kept: the model may choose anew while nothing was begun, else it ends the run."""
        why = f"the arguments of step {step.number} cannot be read by {step.tool} of this version ({' '.join(str(fault).split()):.200})"
        if step.outcome is not StepOutcome.WAITING:
            said = f"{why}; look whether the step was done, then start a new run"
            self._journal.end(step, talk, StepOutcome.UNKNOWN, self.lap(), said)
            raise HandlerFailed(said, final=True)
        self._ended(step, talk, StepOutcome.FAILED, why)

    def show_end(self) -> None:
        """Show that there is no more to do: as many steps as were taken, and not as many as might have been."""
        if done := self._acts:
            self._ctx.progress(done, done)

    def _put(self, step: Step, talk: Talk, question: Question) -> Talk:
        """Put a question to people: the journal and an event say so, and the run waits."""
        step, talk = replace(step, took_ms=step.took_ms + self.lap()), replace(talk, asked=question.requests)
        told = {"step": step.number, "summary": question.summary}
        is_new = self._last is None or (self._last.number, self._last.outcome) != (step.number, step.outcome)
        self._journal.write("begin", step, talk, told if is_new else None)
        try:
            self._ctx.require_approval(question.summary, question.requests, grants=question.grants)
        except ValueError as fault:
            raise HandlerFailed(str(fault), final=True) from None
        return talk

    @property
    def _last(self) -> Step | None:
        return self._journal.steps[-1] if self._journal.rows else None

    def _act(self, step: Step, talk: Talk, tool: Tool[Any], arguments: Any) -> None:
        took_ms = step.took_ms + self.lap()
        step = replace(step, outcome=StepOutcome.BEGUN, starts=step.starts + 1, took_ms=took_ms)
        self._journal.write("begin", step, talk)
        self._ctx.log(f"step {step.number}: {step.what}")
        self._show(step)
        try:
            seen = tool.act(arguments, f"{self._ctx.idempotency_key}-{step.number}")
            self._ended(step, talk, StepOutcome.DONE, seen.text, seen.preview)
        except (ActFailed, MultijobError) as fault:
            self._ended(step, talk, StepOutcome.FAILED, str(fault))
        except Interrupted:
            with suppress(RedisError, Interrupted):  # what ends the run counts more
                self._journal.end(step, talk, StepOutcome.UNKNOWN, self.lap(), "it was interrupted")
            raise

    def _ended(self, step: Step, talk: Talk, outcome: StepOutcome, text: str, preview: str = "") -> None:
        self._journal.end(step, replace(talk, observation=text), outcome, self.lap(), preview or text)

    def _show(self, step: Step) -> None:
        done = self._acts
        self._ctx.progress(done, max(done, self._inputs.limits.steps), step.what)

    @property
    def _acts(self) -> int:
        return sum(one.tool not in NO_ACTS for one in self._journal.steps)
