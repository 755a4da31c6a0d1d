"""What an agent lacks, put to people as one question: each thing with why it is lacking, and what is granted with their yes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from runners.agents.permits import Lack
from runners.engine.agents.step import Step
from runners.engine.ask import SUMMARY_KEPT
from runners.engine.grant import PIN, Capability

DONE_AGAIN = "it is done once more, also if it was done before; then the run goes on"
LEFT = "it is not done again, and the run fails; what was done before stays done"


@dataclass(frozen=True, slots=True)
class Question:
    """`requests` show what is asked for, in the order of `grants`, then what somebody has to make first, then the step."""

    summary: str
    requests: tuple[Any, ...]
    grants: tuple[tuple[Capability, str], ...]

    @staticmethod
    def of(step: Step, job_id: str, lacks: Iterable[Lack]) -> Question:
        """Return the question about all of `lacks`; `step` is what the agent of the job wants to do."""
        found = _each_once(lacks)
        grantable = [lack for lack in found if lack.grantable]
        requests: list[Any] = [{str(lack.capability): lack.value, "why": lack.why} for lack in grantable]
        requests += [{"to make first": _named(lack), "why": lack.why} for lack in found if not lack.grantable]
        needs = ", ".join(map(_named, found))
        summary = f"Step {step.number} of {job_id} needs {needs}"
        if step.tool == "plan":
            summary = f"The plan of {job_id} needs {needs}"
        shown = summary if len(summary) <= SUMMARY_KEPT else f"{summary[: SUMMARY_KEPT - 1]}…"
        wanted = tuple((lack.capability, lack.value) for lack in grantable)
        return Question(shown, (*requests, {"the agent wants to": step.what, "and says why": step.why}), wanted)


def was_asked(lack: Lack, asked: Iterable[Any]) -> bool:
    """Say whether people were shown this among the requests of an earlier question."""
    return any(lack.value == row.get(str(lack.capability)) or row.get("to make first") == _named(lack) for row in asked)


def doubt(step: Step, job_id: str) -> Question:
    """Return the question about a step that was begun and whose end nobody knows: whether it is to be done, perhaps again."""
    summary = f"Step {step.number} of {job_id} was begun {step.starts} times, and nobody knows whether it was done. Do it again?"
    if step.starts == 1:
        summary = f"Step {step.number} of {job_id} was begun, and nobody knows whether it was done. Do it again?"
    return Question(
        summary, ({"do again": step.what, "its reason": step.why}, {"if approved": DONE_AGAIN, "if rejected": LEFT}), ()
    )


def refusal(lacks: Sequence[Lack], *, asked: bool) -> str:
    """Return why the step is not taken; `asked` when people agreed and something lacks all the same."""
    reasons = "; ".join(lack.why for lack in _each_once(lacks))
    return f"{'people agreed, and it still lacks something' if asked else 'it is not allowed'}: {reasons}"


def _each_once(lacks: Iterable[Lack]) -> list[Lack]:
    return list({(lack.capability, lack.value): lack for lack in lacks}.values())


def _named(lack: Lack) -> str:
    shown = lack.value.rpartition(PIN)[0] or lack.value
    return f"{lack.capability.replace('_', ' ')} {shown}"
