"""Pretend work: for demos, load tests, and for seeing guards and retries at work."""

from pydantic import BaseModel, Field

from runners.engine.handler import Context, HandlerFailed, handler

STEP_MS = 500


class HeavyInputs(BaseModel, extra="forbid", frozen=True):
    """How long to work and how much to give back."""

    work_ms: int = Field(default=8000, ge=100, le=300_000, description="how long to work, in ms")
    payload_kb: int = Field(default=0, ge=0, le=128, description="how much to give back, in KiB")


@handler("simulation.heavy", inputs=HeavyInputs, isolation="thread")
def heavy(ctx: Context, inputs: HeavyInputs) -> dict[str, object]:
    """Work for `work_ms` and give back `payload_kb` of text."""
    work(ctx, inputs.work_ms)
    payload = "x" * (inputs.payload_kb * 1024)
    return {"worked_ms": inputs.work_ms, "payload_bytes": len(payload), "payload": payload}


class FlakyInputs(BaseModel, extra="forbid", frozen=True):
    """How many attempts fail before one succeeds, and how long each works first."""

    fail_times: int = Field(default=2, ge=0, le=20, description="how many attempts of each run fail first")
    work_ms: int = Field(default=500, ge=0, le=300_000, description="how long to work, in ms")


@handler("simulation.flaky", inputs=FlakyInputs, isolation="thread")
def flaky(ctx: Context, inputs: FlakyInputs) -> dict[str, object]:
    """Fail the first `fail_times` attempts of a run, then succeed."""
    work(ctx, inputs.work_ms)
    if ctx.attempt < inputs.fail_times:
        raise HandlerFailed(f"attempt {ctx.attempt + 1} fails, as {inputs.fail_times} were asked to")
    return {"attempts": ctx.attempt + 1, "worked_ms": inputs.work_ms}


def work(ctx: Context, work_ms: int) -> None:
    """Wait `work_ms` in small steps, showing progress; a cancel or the deadline ends it at once."""
    done = 0
    while done < work_ms:
        step = min(STEP_MS, work_ms - done)
        ctx.sleep(step / 1000)
        done += step
        ctx.progress(done, work_ms, "milliseconds")
