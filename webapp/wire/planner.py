"""Plans as JSON: specs, what they change, when they run, and what became of them; contract §7."""

from typing import Any, Literal, cast

from runners.engine.words import Language
from runners.planner import Executed, Execution, Plan, Planned
from runners.planner.notes import Question
from runners.planner.risk import Level
from webapp.wire.holds import HoldRow, hold_row
from webapp.wire.job_facts import FireTimeRow, fire_time_row
from webapp.wire.jobs import SpecRow
from webapp.wire.shape import Shape
from webapp.wire.versions import DifferenceRow, difference_row

Source = Literal["rule_based", "ai"]


class RiskRow(Shape):
    """The highest level of all reasons, and each reason."""

    level: Level
    reasons: list[str]


class PlannedRow(Shape):
    """One job of a plan; `reason` is the part of the prompt that asks for it.

    `action` is what saving `job_spec` does, `diff` every value that it changes. `forecast` are its next slots, `holds` what
    would hold it at this moment.
    """

    reason: str
    assumptions: list[str]
    warnings: list[str]
    job_spec: SpecRow
    action: Literal["create", "update", "unchanged"]
    diff: list[DifferenceRow]
    forecast: list[FireTimeRow]
    holds: list[HoldRow]
    risk: RiskRow
    needs_approval: bool


class QuestionRow(Shape):
    """What only a person can say; each choice answers it when it is put into the prompt."""

    text: str
    choices: list[str]


class PlanRow(Shape):
    """What a prompt comes to; nothing of it is done. With `questions` it is not whole, and is not executed.

    `warnings` say what this platform cannot do, and why no language model planned though one was to.
    """

    prompt: str
    normalized_prompt: str
    summary: str
    planner_source: Source
    assumptions: list[str]
    warnings: list[str]
    questions: list[QuestionRow]
    jobs: list[PlannedRow]


class ExecutedRow(Shape):
    """What became of one job. `queue_status` is `queued`, or `held` when a guard holds its run; null when none was asked for.

    `run_status` is the run's when the waiting ended, `result_success` null while it has not ended.
    """

    job_id: str
    type: str
    create_status: Literal["create", "update", "unchanged"]
    run_id: str | None
    queue_status: Literal["queued", "held"] | None
    run_status: str | None
    result_success: bool | None
    result_error: str | None


class ExecutionRow(Shape):
    """What executing a prompt did, job by job."""

    planner_source: Source
    summary: str
    assumptions: list[str]
    warnings: list[str]
    results: list[ExecutedRow]


def plan_row(plan: Plan, language: Language) -> PlanRow:
    """Return `plan` for the wire, its words in `language`."""
    return {
        "prompt": plan.prompt,
        "normalized_prompt": plan.normalized,
        "summary": plan.summary(language),
        "planner_source": plan.source,
        "assumptions": [note.said(language) for job in plan.jobs for note in job.assumptions],
        "warnings": [note.said(language) for note in (*plan.warnings, *plan.refusals)],
        "questions": [_question_row(question, language) for question in plan.questions],
        "jobs": [_planned_row(job, language) for job in plan.jobs],
    }


def execution_row(done: Execution, language: Language) -> ExecutionRow:
    """Return `done` for the wire, its words in `language`."""
    return {
        "planner_source": done.plan.source,
        "summary": done.plan.summary(language),
        "assumptions": [note.said(language) for job in done.plan.jobs for note in job.assumptions],
        "warnings": [
            note.said(language)
            for note in (*done.plan.warnings, *(said for job in done.plan.jobs for said in job.warnings))
        ],
        "results": [_result_row(result) for result in done.results],
    }


def _planned_row(job: Planned, language: Language) -> PlannedRow:
    return {
        "reason": job.reason,
        "assumptions": [note.said(language) for note in job.assumptions],
        "warnings": [note.said(language) for note in job.warnings],
        "job_spec": cast(SpecRow, job.spec.to_json()),
        "action": job.action,
        "diff": [difference_row(difference) for difference in job.diff],
        "forecast": [fire_time_row(time, language) for time in job.times],
        "holds": [hold_row(hold) for hold in job.holds],
        "risk": {"level": job.risk.level, "reasons": [note.said(language) for note in job.risk.reasons]},
        "needs_approval": job.spec.requires_approval,
    }


def _question_row(question: Question, language: Language) -> QuestionRow:
    return {"text": question.note.said(language), "choices": list(question.offered(language))}


def _result_row(result: Executed) -> ExecutedRow:
    run = result.run
    ended: dict[str, Any] = {"run_status": None, "result_success": None, "result_error": result.error}
    if run is not None:
        success = None if run.status.active else run.status == "success"
        ended = {"run_status": str(run.status), "result_success": success, "result_error": run.error}
    return {
        "job_id": result.job.spec.job_id,
        "type": result.job.spec.type,
        "create_status": result.created,
        "run_id": run.run_id if run else None,
        "queue_status": "queued" if run else "held" if result.error else None,
        "run_status": ended["run_status"],
        "result_success": ended["result_success"],
        "result_error": ended["result_error"],
    }
