"""What a handler is: a function from a context and checked inputs to an output, registered by its type.

    class Inputs(BaseModel):
        name: str

    @handler("greeting.say", inputs=Inputs)
    def say(ctx: Context, inputs: Inputs) -> dict[str, str]:
        '''Greet somebody by name.'''
        return {"greeting": f"hello {inputs.name}"}

The decorated name is a `Handler`; list it in the entry-point group `multijob.handlers` to have it found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from pydantic import BaseModel, JsonValue

from runners.engine.ask import Ask, Granted, OnExpiry
from runners.engine.errors import MultijobError
from runners.engine.log_line import Stream

if TYPE_CHECKING:
    from runners.engine.platform import Platform
    from runners.engine.settings import Settings


class HandlerFailed(MultijobError):
    """The handler decided that the run failed; the message is shown to everyone, so it holds no secret.

    `final` says that no later attempt could end better: the run is not tried again.
    """

    def __init__(self, message: str = "", *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Interrupted(BaseException):
    """The run must stop now. Not an Exception: a handler's `except Exception` must not outlive its deadline."""


class Cancelled(Interrupted):
    """Somebody cancelled the run."""


class TimedOut(Interrupted):
    """The run reached its `timeout_ms`."""


class ApprovalNeeded(Interrupted):
    """The run asks people for approval: it waits, and its handler starts again when they have agreed."""

    def __init__(self, ask: Ask) -> None:
        """`ask` is what they are shown."""
        super().__init__(ask.summary)
        self.ask = ask


class Context(Protocol):
    """What a handler knows about its run, and how it talks back.

    `attempt` counts from 0; `redelivered` says that an earlier start of this attempt may have happened;
    `slot_at` is None for runs without a slot; `idempotency_key` is the run id, the same in every attempt.
    """

    @property
    def run_id(self) -> str: ...
    @property
    def job_id(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def redelivered(self) -> bool: ...
    @property
    def slot_at(self) -> datetime | None: ...
    @property
    def scheduled_at(self) -> datetime: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def idempotency_key(self) -> str: ...
    @property
    def claim(self) -> tuple[str, int]:
        """The run's id and its fencing token: this start and no other. The protocol refuses what an older one writes."""

    @property
    def grants(self) -> Sequence[tuple[str, str]]:
        """What approvals granted to the job, as capability and value, for a handler that states `grants`."""

    @property
    def approval(self) -> Granted | None:
        """What people agreed to last in this run, None when nobody was asked."""

    def require_approval(
        self,
        summary: str,
        requests: Sequence[JsonValue] = (),
        expires_sec: int | None = None,
        on_expiry: OnExpiry = "reject",
        grants: Sequence[tuple[str, str]] = (),
    ) -> Granted:
        """Return what people granted for exactly this; else stop here and let the run wait for them.

        When they agree the handler starts again from its beginning and gets the answer at this call; when they do not,
        the run fails. `requests` say what would be done; after `expires_sec` (24 h) silence means `on_expiry`. `grants`,
        pairs of capability and value of which each stands among `requests` as well, are then granted to the job; an admin
        decides on those. Raises ValueError when nobody could read it, or the run has asked for 20 things already.
        """

    @property
    def settings(self) -> Settings: ...
    @property
    def platform(self) -> Platform: ...

    def remaining(self) -> timedelta:
        """Return the time left before the run's deadline, never negative."""

    def cancelled(self) -> bool:
        """Say whether somebody cancelled the run."""

    def check(self) -> None:
        """Raise Cancelled or TimedOut when the run must stop."""

    def sleep(self, seconds: float) -> None:
        """Wait, but raise Cancelled or TimedOut as soon as the run must stop."""

    def log(self, text: str) -> None:
        """Append a line to the run's log."""

    def write(self, stream: Stream, text: str) -> None:
        """Append a piece of what a program of the run prints to the run's log; pieces need not be whole lines."""

    def may_send(self, url: str) -> None:
        """Raise HandlerFailed when a secret in this run's inputs belongs to another address than `url`.

        Whoever sends inputs away asks before each request, redirects included.
        """

    def progress(self, done: float, total: float, note: str = "") -> None:
        """Show how far the run is: `done` of `total` (more than 0), with an optional note of up to 200 characters."""


InputsModel = type[BaseModel]
Run = Callable[[Context, Any], object]
Isolation = Literal["thread", "process"]


@dataclass(frozen=True, slots=True)
class Handler:
    """One registered type: its inputs model, its function, its one-line summary, and where it runs.

    `entry` names the handler for another process ('module:name'); the catalog fills it in. `in_sight` names inputs that
    others on the machine can see, such as a program's arguments: no secret may go there. With `grants` its settings hold
    what approvals granted to the job beyond the server's configuration.
    """

    type: str
    inputs: InputsModel
    run: Run
    summary: str
    isolation: Isolation = "process"
    entry: str = ""
    in_sight: frozenset[str] = frozenset()
    grants: bool = False

    def parse_inputs(self, raw: Mapping[str, object]) -> BaseModel:
        """Check `raw` (JSON values) strictly: no '5' for 5, no true for 1; raises pydantic.ValidationError.

        JSON mode, so that strictness still lets enums, tuples and times be written as JSON has them.
        """
        return self.inputs.model_validate_json(json.dumps(raw), strict=True)


def handler(
    type: str,
    *,
    inputs: InputsModel,
    isolation: Isolation = "process",
    in_sight: tuple[str, ...] = (),
    grants: bool = False,
) -> Callable[[Run], Handler]:
    """Make the decorated function the handler of `type`; its docstring's first line is the summary.

    `isolation` 'process' runs it in a process of its own, which is ended by force when it outstays its time; 'thread'
    runs it inside the worker: quicker to start, and only for a handler that calls `ctx.check` or `ctx.sleep` often.
    `in_sight` names inputs that may hold no secret, because others could see it there. With `grants`, `ctx.settings` hold
    the job's own grants (`grant.py`) too.
    `type` has 1 to 128 of a-z 0-9 . _ -, such as 'report.daily'. Raises ValueError for another type or isolation.
    """
    if isolation not in get_args(Isolation):
        raise ValueError(f"handler {type!r}: isolation {isolation!r} is not thread or process")
    if not re.fullmatch(r"[a-z0-9._-]{1,128}", type):
        raise ValueError(f"handler type {type!r} is not 1 to 128 of a-z 0-9 . _ -")

    def register(run: Run) -> Handler:
        summary = (run.__doc__ or "").strip().partition("\n")[0]
        sight = frozenset(in_sight)
        return Handler(type, inputs, run, summary, isolation=isolation, in_sight=sight, grants=grants)

    return register
