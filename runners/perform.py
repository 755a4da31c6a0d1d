"""The one function that a message may name, and what becomes of its run: a handler's output, or why there is none."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from pydantic import ValidationError
from redis import Redis

from runners.engine import retry
from runners.engine.ask import Ask
from runners.engine.compact import compact
from runners.engine.handler import ApprovalNeeded, Cancelled, HandlerFailed, Interrupted, TimedOut
from runners.engine.integrations.spending import Unusable
from runners.engine.known_secrets import hidden
from runners.engine.protocol.asking import opened
from runners.engine.protocol.creation import ENTRY_POINT, rq_payload
from runners.engine.protocol.work import ERROR_KEPT, Ended
from runners.engine.queue import RunJob
from runners.engine.run import FailureKind
from runners.execution import Execution, GivenBack
from runners.isolation.carrying import run_apart
from runners.isolation.ends import BadInputs, BadOutput, Crashed, Raised
from runners.output import capped, own_words, refused_inputs, trace, words
from runners.questions import refuse_unasked

LOG = structlog.get_logger("runners.perform")
LOST = "the worker could not renew its lease, and stopped the run"
TRACED = (FailureKind.ERROR, FailureKind.TIMEOUT)
CURRENT: dict[str, Execution] = {}
"""The runs that this process executes now; `perform` finds its context here."""


class UnknownType(Exception):
    """No handler of this process serves the run's type."""


class ForeignMessage(Exception):
    """The RQ job names something else than the entry point with its own run id."""


def perform(run_id: str) -> object:
    """Run the handler of a claimed run, here or in a process of its own, and return its output.

    Raises UnknownType, Unusable, BadInputs, whatever the handler raises, what `run_apart` raises, and KeyError for a run that this
    process has not claimed.
    """
    execution = CURRENT[run_id]
    found = execution.platform.catalog.handlers.get(execution.run.job_type)
    if found is None:
        raise UnknownType(f"no handler serves type {execution.run.job_type!r} on this worker")
    execution.open_secrets(found)
    execution.open_grants(found)
    if found.isolation == "process":
        return run_apart(execution, found)
    execution.begin()
    try:
        inputs = found.parse_inputs(execution.inputs)
    except ValidationError as error:
        raise BadInputs(refused_inputs(error)) from error
    output = found.run(execution, inputs)
    refuse_unasked(output, execution.run.granted)
    return output


def carry_out(execution: Execution, connection: Redis) -> Ended:
    """Execute a claimed run through its RQ job and say what became of it; nothing is raised, whatever the handler does."""
    CURRENT[execution.run_id] = execution
    try:
        output = _rq_job(execution, connection).perform()
        return _ended(execution, "success", output=output)
    except BaseException as error:  # a handler may raise SystemExit or worse; the worker goes on
        ended = _failure(execution, error)
        return replace(ended, traceback=_trace(execution, error)) if ended.kind in TRACED else ended
    finally:
        if CURRENT.get(execution.run_id) is execution:  # a later claim of the same run may have taken its place
            del CURRENT[execution.run_id]


def _rq_job(execution: Execution, connection: Redis) -> RunJob:
    """Rebuild the RQ job from the claimed data, or from the record when the message's job is gone."""
    own, payload = rq_payload(execution.run_id), execution.claimed.payload
    if payload not in ("", own):
        raise ForeignMessage(f"the message is {payload[:200]!r}; only {ENTRY_POINT} with its own run id is run")
    return RunJob.of(execution.run_id, own.encode(), perform, connection)


def _trace(execution: Execution, error: BaseException) -> str:
    """Return where the handler failed; '' when it was not the handler that did."""
    if execution.traceback is not None:
        return hidden(execution.traceback)
    return "" if isinstance(error, BadInputs | ForeignMessage | Unusable) else trace(error, __file__)


def _failure(execution: Execution, error: BaseException) -> Ended:
    match error:
        case GivenBack():
            return Ended(execution.run_id, execution.claimed.token, "returned")
        case ApprovalNeeded():
            return _asked(execution, error.ask)
        case Cancelled():
            return _ended(execution, "cancelled", error="cancelled on request")
        case TimedOut():
            return failed(
                execution, FailureKind.TIMEOUT, f"ran longer than its timeout of {execution.run.timeout_ms} ms"
            )
        case UnknownType():
            return failed(execution, FailureKind.UNKNOWN_TYPE, str(error))
        case BadOutput():
            message = f"the handler's output is not JSON: {error}"
            return _ended(execution, "failed", kind=FailureKind.ERROR, error=message)
        case BadInputs() | ForeignMessage():
            return _ended(execution, "failed", kind=FailureKind.ERROR, error=str(error))
        case Crashed():
            return failed(execution, FailureKind.CRASHED, str(error))
        case HandlerFailed(final=True):
            return _ended(execution, "failed", kind=FailureKind.ERROR, error=own_words(error))
        case HandlerFailed() | Raised() | Unusable():
            return failed(execution, FailureKind.ERROR, own_words(error))
        case Interrupted() if execution.claimed.fields.get("on_worker_lost") == "fail":
            return _ended(execution, "failed", kind=FailureKind.LOST, error=LOST)
        case Interrupted():
            return failed(execution, FailureKind.LOST, LOST)
    return failed(execution, FailureKind.ERROR, words(error))


def _asked(execution: Execution, ask: Ask) -> Ended:
    run, inputs = execution.run, str(execution.claimed.fields.get("inputs", "{}"))
    shown = opened("ask", ask, run.job_id, run.run_id, run.job_type, run.job_version, inputs)
    return Ended(execution.run_id, execution.claimed.token, "asked", ask=tuple(shown))


def failed(execution: Execution, kind: FailureKind, error: str) -> Ended:
    """Return a failed end that asks for another attempt where its kind and the run's policy allow one."""
    again = retry.delay(execution.run.retry_rule, execution.attempt) if kind.retryable else None
    return _ended(execution, "failed", kind=kind, error=error, retry_after=again)


def _ended(
    execution: Execution,
    outcome: str,
    *,
    output: object = None,
    kind: FailureKind | None = None,
    error: str | None = None,
    retry_after: timedelta | None = None,
) -> Ended:
    try:
        kept, truncated = capped(output)
    except (TypeError, ValueError, RecursionError) as refusal:
        return _failure(execution, BadOutput(str(refusal)))
    error = None if error is None else hidden(error)[:ERROR_KEPT]
    duration_ms = round((time.monotonic() - execution.began_at) * 1000)
    result: dict[str, Any] = {
        "success": outcome == "success",
        "output": kept,
        "error": error,
        "duration_ms": duration_ms,
    }
    if truncated:
        result["truncated"] = True
    return Ended(execution.run_id, execution.claimed.token, outcome, compact(result), kind, error, retry_after)
