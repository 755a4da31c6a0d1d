"""The one function that a message may name, and what becomes of its run: a handler's output, or why there is none."""

import json
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from pydantic import ValidationError
from redis import Redis

from runners.engine import retry
from runners.engine.handler import Cancelled, HandlerFailed, Interrupted, TimedOut
from runners.engine.job.controls import split
from runners.engine.protocol.creation import ENTRY_POINT, rq_payload
from runners.engine.protocol.work import ERROR_KEPT, Ended
from runners.engine.queue import RunJob
from runners.engine.run import FailureKind
from runners.execution import Execution, GivenBack

LOG = structlog.get_logger("runners.perform")
OUTPUT_KEPT = 64 * 1024
LOST = "the worker could not renew its lease, and stopped the run"
CURRENT: dict[str, Execution] = {}
"""The runs that this process executes now; `perform` finds its context here."""


class UnknownType(Exception):
    """No handler of this process serves the run's type."""


class BadInputs(Exception):
    """The handler's inputs model refuses what the run carries: another version may have saved it."""


class ForeignMessage(Exception):
    """The RQ job names something else than the entry point with its own run id."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """How often, and after which waits, this run is tried again."""

    max_retry: int
    backoff_sec: tuple[int, ...]


def perform(run_id: str) -> object:
    """Run the handler of a claimed run and return its output.

    Raises UnknownType, BadInputs, whatever the handler raises, and KeyError for a run that this process has not claimed.
    """
    execution = CURRENT[run_id]
    found = execution.platform.catalog.handlers.get(execution.run.job_type)
    if found is None:
        raise UnknownType(f"no handler serves type {execution.run.job_type!r} on this worker")
    try:
        inputs = found.parse_inputs(split(execution.run.inputs)[1])
    except ValidationError as error:
        raise BadInputs(
            f"inputs: {error.errors()[0]['msg']} at {'.'.join(map(str, error.errors()[0]['loc']))}"
        ) from error
    return found.run(execution, inputs)


def carry_out(execution: Execution, connection: Redis) -> Ended:
    """Execute a claimed run through its RQ job and say what became of it; nothing is raised, whatever the handler does."""
    started = time.monotonic()
    CURRENT[execution.run_id] = execution
    try:
        execution.begin()
        output = _rq_job(execution, connection).perform()
        return _ended(execution, started, "success", output=output)
    except BaseException as error:  # a handler may raise SystemExit or worse; the worker goes on
        return _failure(execution, started, error)
    finally:
        if CURRENT.get(execution.run_id) is execution:  # a later claim of the same run may have taken its place
            del CURRENT[execution.run_id]


def _rq_job(execution: Execution, connection: Redis) -> RunJob:
    """Rebuild the RQ job from the claimed data, or from the record when the message's job is gone."""
    own, payload = rq_payload(execution.run_id), execution.claimed.payload
    if payload not in ("", own):
        raise ForeignMessage(f"the message is {payload[:200]!r}; only {ENTRY_POINT} with its own run id is run")
    rq_job = RunJob(execution.run_id, connection=connection)
    rq_job.data = own.encode()
    return rq_job


def _failure(execution: Execution, started: float, error: BaseException) -> Ended:
    match error:
        case GivenBack():
            return Ended(execution.run_id, execution.claimed.token, "returned")
        case Cancelled():
            return _ended(execution, started, "cancelled", error="cancelled on request")
        case TimedOut():
            return failed(
                execution, started, FailureKind.TIMEOUT, f"ran longer than its timeout of {execution.run.timeout_ms} ms"
            )
        case UnknownType():
            return failed(execution, started, FailureKind.UNKNOWN_TYPE, str(error))
        case BadInputs() | ForeignMessage():
            return _ended(execution, started, "failed", kind=FailureKind.ERROR, error=str(error))
        case HandlerFailed():
            return failed(execution, started, FailureKind.ERROR, str(error))
        case Interrupted() if execution.claimed.fields.get("on_worker_lost") == "fail":
            return _ended(execution, started, "failed", kind=FailureKind.LOST, error=LOST)
        case Interrupted():
            return failed(execution, started, FailureKind.LOST, LOST)
    LOG.error("run.raised", run_id=execution.run_id, traceback="".join(traceback.format_exception(error)))
    return failed(execution, started, FailureKind.ERROR, _words(error))


def _words(error: BaseException) -> str:
    """Return the exception in a line; its own words may raise too."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return f"{type(error).__name__}, which does not say what is wrong"


def failed(execution: Execution, started: float, kind: FailureKind, error: str) -> Ended:
    """Return a failed end that asks for another attempt where its kind and the run's policy allow one."""
    again = retry.delay(_rule(execution.claimed.fields), execution.attempt) if kind.retryable else None
    return _ended(execution, started, "failed", kind=kind, error=error, retry_after=again)


def _rule(fields: Mapping[str, str]) -> RetryRule:
    return RetryRule(int(fields["max_retry"]), tuple(json.loads(fields.get("backoff_sec") or "[]")))


def _ended(
    execution: Execution,
    started: float,
    outcome: str,
    *,
    output: object = None,
    kind: FailureKind | None = None,
    error: str | None = None,
    retry_after: timedelta | None = None,
) -> Ended:
    try:
        kept, truncated = _capped(output)
    except (TypeError, ValueError) as refusal:
        message = f"the handler's output is not JSON: {refusal}"
        return _ended(execution, started, "failed", kind=FailureKind.ERROR, error=message)
    error = None if error is None else error[:ERROR_KEPT]
    duration_ms = round((time.monotonic() - started) * 1000)
    result: dict[str, Any] = {
        "success": outcome == "success",
        "output": kept,
        "error": error,
        "duration_ms": duration_ms,
    }
    if truncated:
        result["truncated"] = True
    return Ended(execution.run_id, execution.claimed.token, outcome, json.dumps(result), kind, error, retry_after)


def _capped(output: object) -> tuple[object, bool]:
    """Return the output, cut to 64 KiB of JSON text if it is longer, and whether it was cut."""
    if output is None or output is True or output is False:
        return output, False
    text = json.dumps(output, allow_nan=False)
    return (output, False) if len(text) <= OUTPUT_KEPT else (text[:OUTPUT_KEPT], True)
