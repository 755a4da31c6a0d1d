"""The words of the pages beside the reasons, which the catalogue of the engine gives."""

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from runners.engine import explain
from runners.engine.approval import ApprovalStatus
from runners.engine.bulk import Action, Bulk, State
from runners.engine.grant import Capability
from runners.engine.guards import Hold
from runners.engine.job import Job
from runners.engine.run import RunStatus
from runners.engine.schedule import Schedule, in_words
from runners.engine.store.strips import Strip
from runners.engine.words import Language
from runners.engine.words.english import ENGLISH
from webapp.language import language
from webapp.presentation.states import state_word
from webapp.presentation.times import local, stamp

SOURCES = tuple(name.partition(".")[2] for name in ENGLISH if name.startswith("source."))
"""All that a run can come from."""
MODES = {
    "streams": "Redis Streams",
    "lists": _l("Redis lists"),
    "memory": _l("memory"),
}
ASKED = {
    "program": _l("program"),
    "root": _l("folder of work"),
    "private_target": _l("private target"),
    "folder": _l("folder"),
    "tool": _l("tool"),
    "account": _l("account"),
    "server": _l("server"),
    "job": _l("job"),
    "schedule": _l("schedule of"),
    "channel": _l("channel"),
    "why": _l("why"),
}
"""What an agent names the things that it asks for; what is more than a word is a sentence of the engine."""
BULK_STATES = {
    State.WORKING: "running",
    State.FINISHED: "success",
    State.UNDOING: "retrying",
    State.UNDONE: "cancelled",
}
"""The states of a bulk operation by the shapes that runs have."""


CAPABILITIES = {
    Capability.PROGRAM: _l("program"),
    Capability.ROOT: _l("root"),
    Capability.PRIVATE_TARGET: _l("private target"),
    Capability.FOLDER: _l("folder to read"),
    Capability.TOOL: _l("tool"),
    Capability.ACCOUNT: _l("account"),
    Capability.SERVER: _l("MCP server"),
    Capability.JOB: _l("job to start"),
    Capability.SCHEDULE: _l("job to schedule"),
    Capability.CHANNEL: _l("channel"),
}
"""What a grant may be of."""
APPROVAL_SHAPES = {
    ApprovalStatus.PENDING: "waiting",
    ApprovalStatus.APPROVED: "success",
    ApprovalStatus.REJECTED: "failed",
    ApprovalStatus.EXPIRED: "missed",
    ApprovalStatus.VOID: "cancelled",
}
"""The states of an approval by the shapes that runs have."""


CHANNELS = {"telegram": "Telegram", "slack": "Slack"}
"""What the channels of chat are called."""
MESSAGE_SHAPES = {
    "received": "idle",
    "planned": "waiting",
    "executed": "success",
    "rejected": "cancelled",
    "failed": "failed",
    "sent": "success",
}
"""The outcomes of messages in chat by the shapes that runs have."""


FILTER_WORDS = {
    "job_id": _l("job"),
    "status": _l("state"),
    "source": _l("source"),
    "flow_group": _l("flow group"),
    "search": _l("search"),
    "since": _l("created from"),
    "until": _l("created before"),
    "failure_kind": _l("kind of failure"),
    "failure": _l("failures of group"),
    "ended_since": _l("ended from"),
    "ended_until": _l("ended before"),
    "run_ids": _l("selected"),
}
MOMENTS = frozenset({"since", "until", "ended_since", "ended_until"})
"""Filters whose values are points in time."""


def filter_word(name: str) -> str:
    """Return what a filter of runs is called."""
    return str(FILTER_WORDS.get(name, name))


def filter_value(name: str, value: str) -> str:
    """Return what a filter of runs asks for, in the reader's language where it has a word for it, and in the reader's zone."""
    if name in MOMENTS:
        return stamp(datetime.fromisoformat(value))
    return state_word(run_state(RunStatus(value))) if name == "status" else value


def approval_shape(status: ApprovalStatus) -> str:
    """Return the shape of an approval's status; its word is the status itself."""
    return APPROVAL_SHAPES[status]


def run_state(status: RunStatus) -> str:
    """Return the word for a run's status, which also names its shape."""
    return "waiting" if status is RunStatus.WAITING_APPROVAL else str(status)


def short_run(run_id: str) -> str:
    """Return the part of a run's id that tells it from others; the search of runs finds it by that."""
    return run_id.removeprefix("run_")


def job_state(job: Job, found: Strip) -> str:
    """Return what matters most about a job now: disabled, paused, held, active runs, or how the last run ended.

    It is waiting while all of its active runs wait for a person.
    """
    active = "waiting" if len(found.waiting_runs) == len(found.active_runs) else "running"
    if not job.enabled:
        return active if found.active_runs else "disabled"
    if job.paused or (job.held and job.held.hold.guard == "paused"):
        return "paused"
    if job.held:
        return "held"
    if found.active_runs:
        return active
    return run_state(RunStatus(job.last_status)) if job.last_status else "idle"


def why(hold: Hold, job: Job, language: Language) -> str:
    """Return the hold's sentence, with the ids of what blocks it, and times of the reader's zone."""
    return local(explain.sentence(hold, job_id=job.job_id, flow_group=job.controls.flow_group, language=language))


def why_short(hold: Hold, job: Job, language: Language) -> str:
    """Return the hold's sentence without ids, for tables."""
    return why(replace(hold, blocked_by=()), job, language)


def schedule_words(schedule: Schedule | None) -> str:
    """Return a schedule in the reader's language."""
    return in_words(schedule, language())


def bulk_words(action: str, total: int) -> str:
    """Return what a bulk operation does to how many runs."""
    if action == Action.CANCEL:
        return ngettext("Cancel %(num)s run", "Cancel %(num)s runs", total)
    return ngettext("Retry %(num)s run", "Retry %(num)s runs", total)


def bulk_title(bulk: Bulk) -> str:
    """Return `bulk_words` of an operation."""
    return bulk_words(bulk.action, bulk.total)


def bulk_filter(bulk: Bulk) -> str:
    """Return what the runs of a bulk operation were filtered by."""
    said = (
        f"{filter_word(name)} {filter_value(name, value)}" for name, value in bulk.filter.items() if name != "run_ids"
    )
    return ", ".join([*said, *([_("selected one by one")] if "run_ids" in bulk.filter else [])])


def begun(sentence: str) -> str:
    """Return a sentence of the engine, which begins small, as it stands alone on a page: with a capital letter."""
    return sentence[:1].upper() + sentence[1:]
