"""Every command of the chat, and every button: what answers it, and which operations it may call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runners.connector.commands import (
    approvals,
    jobs,
    logs,
    notices,
    pauses,
    person,
    planner,
    reasons,
    runs,
    status,
    switching,
)
from runners.connector.commands.asking import Asking
from runners.connector.reply import Reply


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """`/name`. Who may none of its `operations` does not see it in the help. One that is not `written` is only pressed."""

    name: str
    answer: Callable[[Asking], Reply]
    operations: tuple[str, ...]
    written: bool = True


WRITTEN = (
    ChatCommand("run", planner.run, ("plan",)),
    ChatCommand("exec", planner.execute, ("plan", "execute_plan")),
    ChatCommand("status", status.status, ("queue", "agents", "pauses", "list_approvals")),
    ChatCommand("jobs", jobs.jobs, ("list_jobs",)),
    ChatCommand("job", jobs.job, ("get_job", "list_runs")),
    ChatCommand("why", reasons.why, ("explain", "why_then", "explain_run")),
    ChatCommand("forecast", reasons.forecast, ("forecast",)),
    ChatCommand("start", switching.start, ("run_job",)),
    ChatCommand("runs", runs.runs, ("list_runs",)),
    ChatCommand("watch", runs.watch, ("get_run",)),
    ChatCommand("log", logs.log, ("run_log",)),
    ChatCommand("cancel", runs.cancel, ("cancel_run",)),
    ChatCommand("retry", runs.retry, ("retry_run",)),
    ChatCommand("enable", switching.enable, ("set_enabled",)),
    ChatCommand("disable", switching.disable, ("set_enabled",)),
    ChatCommand("pause", pauses.pause, ("pause_queue", "pause_flow", "pause_job")),
    ChatCommand("resume", pauses.resume, ("resume_queue", "resume_flow", "resume_job")),
    ChatCommand("approvals", approvals.approvals, ("list_approvals", "get_approval")),
    ChatCommand("approve", approvals.approve, ("decide_approval",)),
    ChatCommand("reject", approvals.reject, ("decide_approval",)),
    ChatCommand("note", person.note, ("decide_approval",)),
    ChatCommand("subscribe", notices.subscribe, ("subscribe", "get_listener", "rules_to_hear")),
    ChatCommand("unsubscribe", notices.unsubscribe, ("unsubscribe", "get_listener", "rules_to_hear")),
    ChatCommand("mute", notices.mute, ("mute_chat",)),
    ChatCommand("whoami", person.whoami, ("own_preferences",)),
    ChatCommand("language", person.language, ("choose_preferences",)),
)
"""Those that are written, in the order of the help."""
PRESSED = (
    ChatCommand("answer_run", planner.answer_run, ("plan",), written=False),
    ChatCommand("answer_exec", planner.answer_exec, ("plan", "execute_plan"), written=False),
    ChatCommand(planner.EXECUTE, planner.execute_shown, ("execute_plan",), written=False),
    ChatCommand("start_anyway", switching.start_anyway, ("run_job",), written=False),
    ChatCommand("with_note", approvals.with_note, ("decide_approval",), written=False),
    ChatCommand("keep", person.keep, (), written=False),
)
"""Those that only buttons of ours ask for."""
COMMANDS = {one.name: one for one in (*WRITTEN, *PRESSED)}
