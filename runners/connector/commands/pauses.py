"""/pause and /resume: a job, a flow group, a priority, or everything."""

from __future__ import annotations

from runners.connector.commands.asking import Asking
from runners.connector.commands.nearest import job_of
from runners.connector.reply import Reply
from runners.engine import operations
from runners.engine.job import Job
from runners.engine.pause import Pause

KINDS = ("flow", "priority")
PRIORITIES = {"kritis": "critical", "biasa": "normal", "rendah": "low"}
"""The priorities as they are said in Bahasa Indonesia."""
EVERYTHING = ("everything", "all", "semua", "semuanya")
"""What is written for everything, unless a job is called so."""


def pause(asking: Asking) -> Reply:
    """Pause what is named. Everything is asked about once more."""
    kind, name = target(asking.argument)
    if kind == "job" and isinstance(found := _job(asking, name), Reply):
        return found
    if kind == "job" and found is None:
        kind, name = "everything", ""
    if kind == "everything" and not asking.command.pressed:
        button = asking.button("pause_everything", "pause")
        return Reply(asking.say("sure_pause_everything"), ((button,), (asking.button("keep", "keep"),)))
    made = _pause(asking, kind, name)
    undo = asking.button("resume", "resume", asking.argument)
    return Reply(paused(asking, kind, name, made), ((undo,),), replaces=asking.command.pressed)


def resume(asking: Asking) -> Reply:
    """Let what is named go on."""
    kind, name = target(asking.argument)
    if kind == "job" and isinstance(found := _job(asking, name), Reply):
        return found
    if kind == "job" and found is None:
        kind, name = "everything", ""
    match kind:
        case "job":
            operations.resume_job(asking.platform, asking.actor, name)
        case "flow":
            operations.resume_flow(asking.platform, asking.actor, name)
        case _:
            operations.resume_queue(asking.platform, asking.actor, name or None)
    return Reply(asking.say("resumed", what=_named(asking, kind, name)), replaces=asking.command.pressed)


def target(argument: str) -> tuple[str, str]:
    """Return what is named: ('everything', ''), ('flow', name), ('priority', name) or ('job', id). Pure."""
    word, _, name = argument.partition(" ")
    kind, name = word.lower(), name.strip()
    if kind in KINDS and name:
        return kind, PRIORITIES.get(name.lower(), name) if kind == "priority" else name
    return ("job", argument) if argument else ("everything", "")


def paused(asking: Asking, kind: str, name: str, pause: Pause) -> str:
    """Return since when, and by whom, it is paused."""
    since = asking.say("paused_since", at=asking.moment(pause.since)) if pause.since else ""
    by = asking.say("paused_by", who=pause.by) if pause.by else ""
    return asking.say("paused", what=_named(asking, kind, name), since=since, by=by)


def _job(asking: Asking, name: str) -> Job | Reply | None:
    """Return the job of this name, None where none is and the word means everything, else what to say."""
    found = job_of(asking, name)
    if isinstance(found, Job) or asking.command.pressed:
        return found
    if name.lower() in EVERYTHING:
        return None
    kind = name.lower()
    return Reply(asking.say(f"which_{kind}", command=asking.command.name)) if kind in KINDS else found


def _pause(asking: Asking, kind: str, name: str) -> Pause:
    match kind:
        case "job":
            return operations.pause_job(asking.platform, asking.actor, name)
        case "flow":
            return operations.pause_flow(asking.platform, asking.actor, name)
    return operations.pause_queue(asking.platform, asking.actor, name or None)


def _named(asking: Asking, kind: str, name: str) -> str:
    return asking.say(f"what_{kind}", named=name)
