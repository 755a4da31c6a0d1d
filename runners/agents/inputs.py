"""What a job of type `agent.workflow` says: the prompt, who answers it, what may be used, and how much of everything. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from runners.agents.permits import entry_fault

AGENT_KEY = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"
ACCOUNT = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}/[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
MODEL = r"^[!-~]{1,128}$"


def _prompt(text: str) -> str:
    if len(text.strip()) < 3:
        raise ValueError("prompt says nothing: write at least 3 characters")
    return text


def _entries(entries: list[str]) -> list[str]:
    faults = [fault for fault in map(entry_fault, entries) if fault]
    if faults:
        raise ValueError("; ".join(faults))
    if len(set(entries)) < len(entries):
        raise ValueError("an entry stands twice")
    return entries


class Limits(BaseModel, extra="forbid", frozen=True):
    """How much one run may use; whichever is reached first ends it, by its name. A run's retries share them."""

    steps: Annotated[int, Field(ge=1, le=50, description="steps that act; planning and the last word are none")] = 12
    seconds: Annotated[
        int, Field(ge=5, le=3600, description="time at work, without waiting for people; see the job's timeout too")
    ] = 120
    tokens: Annotated[int, Field(ge=100, le=2_000_000, description="tokens that the model reads and writes")] = 50_000
    cost: Annotated[
        float | None,
        Field(gt=0, le=10_000, description="by the account's price_per_million_tokens, which must be stated then"),
    ] = None
    repairs: Annotated[int, Field(ge=0, le=5, description="failed steps in a row that it may try to repair")] = 2


class AgentInputs(BaseModel, extra="forbid", frozen=True):
    """`agent_key` names the memory that runs share; the job's id when left out."""

    prompt: Annotated[str, Field(min_length=3, max_length=8000), AfterValidator(_prompt)] = Field(
        description="what to do, in plain words", examples=["Read the open issues and tell the team what is new"]
    )
    agent_key: Annotated[str, Field(pattern=AGENT_KEY)] | None = Field(
        None, description="whose memory it uses, 1 to 64 of A-Z a-z 0-9 . _ : -; the job's id when left out"
    )
    account: Annotated[str, Field(pattern=ACCOUNT)] | None = Field(
        None,
        description="the account whose model answers, as provider/account_id; else the environment's, else the first",
        examples=["openai/main"],
    )
    model: Annotated[str, Field(pattern=MODEL)] | None = Field(
        None, description="the model's name; else the account's own", examples=["gpt-5-mini"]
    )
    allow_tools: Annotated[
        list[Annotated[str, Field(max_length=1200)]], Field(max_length=50), AfterValidator(_entries)
    ] = Field(
        [],
        description="what it may use without asking, as TOOL or TOOL:TARGET",
        examples=[["http:github/main", "command:df -Pk", "start_job:nightly-report"]],
    )
    limits: Limits = Field(Limits(), description="how much one run may use")
    require_approval_for_missing: bool = Field(True, description="ask people for what it lacks, instead of failing")
