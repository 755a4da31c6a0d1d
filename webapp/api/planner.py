"""A sentence becomes jobs: plan it, and look; execute it, when the plan is what was meant; contract §7."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from flask import Response, request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from runners.engine.operations import Role
from runners.engine.schedule.zone import check_zone
from runners.planner import ModelWish, Wish, execute_plan, plan
from webapp.api.answer import one
from webapp.api.endpoint import endpoint
from webapp.asking import actor, platform
from webapp.language import language
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.planner import ExecutionRow, PlanRow, execution_row, plan_row


class PlanRequest(BaseModel):
    """What is wanted, in Bahasa Indonesia or English, and what is meant where it does not say."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    prompt: Annotated[str, Field(min_length=3, max_length=1000)]
    timezone: Annotated[str, AfterValidator(check_zone)] = "Asia/Jakarta"
    default_channel: Annotated[str, Field(pattern=r"^[a-z]{1,32}$")] = "telegram"
    default_account_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = None

    def wish(self) -> Wish:
        """Return what the planner is asked."""
        return Wish(self.prompt, self.timezone, self.default_channel, self.default_account_id)


class AiRequest(PlanRequest):
    """What is wanted, and which language model is to plan it: that of an account, else any that is configured.

    `max_steps` is how many jobs its plan may have; with `force_rule_based` no model is asked.
    """

    force_rule_based: bool = False
    model_id: Annotated[str, Field(pattern=r"^[!-~]{1,128}$")] | None = None
    ai_provider: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")] | None = None
    ai_account_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = None
    max_steps: Annotated[int, Field(ge=1, le=12)] = 12

    def wish_of_model(self) -> Wish:
        """Return what the planner is asked, by a model unless rules are forced."""
        model = ModelWish(self.ai_provider, self.ai_account_id, self.model_id, self.max_steps)
        return replace(self.wish(), model=None if self.force_rule_based else model)


class ExecuteRequest(AiRequest):
    """A prompt to execute. `run_immediately` also runs its jobs now; `wait_seconds` waits for these runs, in all.

    With `use_ai` a language model plans it; what it planned for the same request within the last hour counts.
    """

    use_ai: bool = False
    run_immediately: bool = False
    wait_seconds: Annotated[float, Field(ge=0, le=30)] = 0.0


@endpoint("POST", "/planner/plan", Role.OPERATOR, body=PlanRequest, answers={200: PlanRow}, worded=True)
def plan_prompt() -> Response:
    """Say what a prompt asks for: specs, what they change, when they run, what holds them, how risky it is. Does nothing."""
    asked = model_of(PlanRequest, json_object())
    return one(plan_row(plan(platform(), actor(), asked.wish()), language()))


@endpoint(
    "POST", "/planner/plan-ai", Role.OPERATOR, body=AiRequest, answers={200: PlanRow}, worded=True, refusals=(404,)
)
def plan_prompt_by_model() -> Response:
    """The same by a language model: its answer is checked as any spec, and rules plan where none answers usably."""
    asked = model_of(AiRequest, json_object())
    return one(plan_row(plan(platform(), actor(), asked.wish_of_model()), language()))


@endpoint(
    "POST",
    "/planner/execute",
    Role.OPERATOR,
    body=ExecuteRequest,
    answers={200: ExecutionRow},
    worded=True,
    refusals=(404,),
)
def execute_prompt() -> Response:
    """Save the jobs that a prompt asks for, all or none; a prompt that leaves questions is 422 with each of them.

    Sent again it changes nothing more: its jobs are there. Words such as `sekarang` and `now` also run them.
    """
    asked = model_of(ExecuteRequest, json_object())
    key = request.headers.get("Idempotency-Key")
    wish = asked.wish_of_model() if asked.use_ai else asked.wish()
    done = execute_plan(platform(), actor(), wish, asked.run_immediately, asked.wait_seconds, key)
    return one(execution_row(done, language()))
