"""The words of the pages: one place, so that a translation has one place to change."""

from dataclasses import replace

from runners.engine import explain
from runners.engine.guards import Hold
from runners.engine.job import Job
from runners.engine.run import RunStatus

SOURCES = {
    "schedule": "by its schedule",
    "manual": "by hand",
    "retry": "as a retry",
    "planner": "by the planner",
    "chat": "from chat",
    "api": "by the API",
}
FAILURES = {
    "error": "the handler failed",
    "timeout": "it ran into its time limit",
    "crashed": "its process crashed",
    "lost": "its worker vanished",
    "expired": "it waited longer than it may",
    "rejected": "a person rejected it",
    "unknown_type": "no worker knows its type",
    "not_resumed": "it could not be resumed",
}
GUARDS = {
    "paused": "Pause",
    "dispatch_cap": "Dispatch cap",
    "pending_approval": "Approval",
    "cooldown": "Cooldown",
    "pressure": "Pressure",
    "flow_limit": "Flow limit",
    "overlap": "Overlap",
}
MISSED = {
    "coalesced": "missed while nobody looked; one later run stands for it",
    "too_late": "missed, and too late to run it",
    "policy_skip": "missed; the job says to skip such slots",
    "over_100": "missed; more than 100 slots waited to be run again",
}
SKIPPED = {
    "paused": "everything was paused",
    "dispatch_cap": "{observed} of {limit} dispatches of those ticks were used up",
    "pending_approval": "a person had not decided yet",
    "cooldown": "it cooled down after {observed} failed runs in a row",
    "pressure": "pressure mode: {observed} runs waited, and it is not critical",
    "flow_limit": "its flow group had {observed} of {limit} runs active",
    "overlap": "an earlier run was still active",
}
MODES = {
    "streams": "Redis Streams",
    "lists": "Redis lists",
    "memory": "memory",
}


def run_state(status: RunStatus) -> str:
    """Return the word for a run's status, which also names its shape."""
    return "waiting" if status is RunStatus.WAITING_APPROVAL else str(status)


def job_state(job: Job, active: bool = False) -> str:
    """Return what matters most about a job now: disabled, held, `active` runs, or how the last run ended."""
    if not job.enabled:
        return "running" if active else "disabled"
    if job.held:
        return "held"
    if active:
        return "running"
    return run_state(RunStatus(job.last_status)) if job.last_status else "idle"


def why(hold: Hold, job: Job) -> str:
    """Return the hold's sentence, with the ids of what blocks it."""
    return explain.sentence(hold, job_id=job.job_id, flow_group=job.controls.flow_group)


def why_short(hold: Hold, job: Job) -> str:
    """Return the hold's sentence without ids, for tables."""
    return why(replace(hold, blocked_by=()), job)


def skipped(hold: Hold) -> str:
    """Return why a slot was skipped, as something that is over; `why` speaks of what holds now."""
    return SKIPPED[hold.guard].format(observed=hold.observed, limit=hold.limit)


def number(count: int) -> str:
    """Return '1 284': thousands apart by a narrow no-break space."""
    return f"{count:,}".replace(",", "\u202f")


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return '1 run' or '3 runs'."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def event_words(type: str) -> str:
    """Return an event's type as words: 'run.retry_scheduled' is 'run retry scheduled'."""
    return type.replace(".", " ").replace("_", " ")
