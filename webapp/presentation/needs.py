"""What needs a person, in sentences, each with the action beside it; the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from runners.engine.approval import Approval
from runners.engine.job import Job
from runners.engine.run import FailureKind, Run
from runners.engine.settings import Settings
from runners.engine.store.facts import QueueFacts
from runners.engine.store.processes import Process, ProcessStatus, online
from webapp.presentation.times import about, relative, zoned_clock
from webapp.presentation.words import plural

ERROR_SHOWN = 160


class Failures(Protocol):
    """What the failure memory of a job says; see `operations.memory`."""

    @property
    def consecutive_failures(self) -> int: ...
    @property
    def cooldown_until(self) -> datetime | None: ...
    @property
    def last_error(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Act:
    """A button: a link to an endpoint, or a form that posts to it with `fields`."""

    word: str
    endpoint: str
    arguments: dict[str, str]
    post: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs a person; `tone` is bad or wait."""

    tone: str
    title: str
    text: str
    acts: tuple[Act, ...]


def needs(
    queue: QueueFacts,
    processes: Sequence[Process],
    failing: Sequence[tuple[Job, Failures]],
    poison: Sequence[Run],
    settings: Settings,
    now: datetime,
    approvals: Sequence[Approval] = (),
) -> list[Need]:
    """Return every need, bad ones first."""
    found = [*_missing(queue, processes), *_silent(processes, now), *_pressed(queue, settings), *_failed(failing, now)]
    found += _crashed(poison)
    found += _asked(approvals, now)
    return sorted(found, key=lambda need: need.tone != "bad")


def _missing(queue: QueueFacts, processes: Sequence[Process]) -> Iterator[Need]:
    living = online(processes)
    look = (Act("Processes", "processes.index", {}),)
    if not living["scheduler"]:
        yield Need(
            "bad",
            "No scheduler runs",
            "Slots fall due and nobody decides on them. Start one: multijob scheduler.",
            look,
        )
    waiting = f"{plural(queue.depth, 'run')} in the queue."
    if not living["worker"]:
        yield Need("bad", "No worker runs", f"{waiting} Start one: multijob worker.", look)
    elif not any(process.takes_runs for process in processes):
        yield Need("bad", "Every worker drains", f"{waiting} Nobody takes them. Start another: multijob worker.", look)


def _silent(processes: Sequence[Process], now: datetime) -> Iterator[Need]:
    for process in processes:
        if process.status is ProcessStatus.STALE:
            yield Need(
                "wait",
                f"{process.type} {process.pid} on {process.host} does not report",
                f"Its last beat was {relative(process.last_heartbeat_at, now)}. What it runs is taken over when its lease ends.",
                (Act("Processes", "processes.index", {}),),
            )


def _pressed(queue: QueueFacts, settings: Settings) -> Iterator[Need]:
    if queue.pressure_mode:
        since = f" since {zoned_clock(queue.pressure_since)}" if queue.pressure_since else ""
        yield Need(
            "wait",
            f"Pressure mode{since}",
            f"{plural(queue.depth, 'run')} in the queue; only critical jobs go out until at most {settings.pressure_low} wait.",
            (Act("Queue", "queue.show", {}),),
        )


def _failed(failing: Sequence[tuple[Job, Failures]], now: datetime) -> Iterator[Need]:
    for job, memory in failing:
        named = {"job_id": job.job_id}
        cooling = memory.cooldown_until is not None and memory.cooldown_until > now
        until = f" · cooldown until {zoned_clock(memory.cooldown_until)}" if cooling and memory.cooldown_until else ""
        yield Need(
            "bad",
            f"{job.job_id} failed {plural(memory.consecutive_failures, 'time')} in a row",
            _first_line(memory.last_error) + until,
            (
                Act("Why", "jobs.show", named),
                Act("Run anyway", "job_changes.run", named, post=True, fields=(("guards", "ignore"),)),
            ),
        )


def _crashed(poison: Sequence[Run]) -> Iterator[Need]:
    for run in poison:
        named = {"run_id": run.run_id}
        yield Need(
            "bad",
            f"A run of {run.job_id} {'crashed' if run.failure_kind is FailureKind.CRASHED else 'lost its worker'}",
            f"{_first_line(run.error)} · {plural(len(run.attempts), 'attempt')}, none is left",
            (
                Act("Look", "runs.show", named),
                Act("Try again", "run_changes.retry", named, post=True),
            ),
        )


def _asked(approvals: Sequence[Approval], now: datetime) -> Iterator[Need]:
    for approval in approvals:
        yield Need(
            "wait",
            f"{approval.job_id} waits for a decision",
            f"{approval.summary} · {about(approval.left(now))} left",
            (Act("Look", "approvals.show", {"approval_id": approval.approval_id}),),
        )


def _first_line(error: str | None) -> str:
    line = (error or "no words for it").strip().partition("\n")[0]
    return line if len(line) <= ERROR_SHOWN else f"{line[:ERROR_SHOWN]}…"
