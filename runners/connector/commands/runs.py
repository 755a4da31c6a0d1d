"""/runs, /watch, /cancel and /retry: which runs there are, and what is done with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runners.connector.commands.asking import Asking, one_line
from runners.connector.commands.nearest import run_of, run_to_read
from runners.connector.reply import Button, Command, Reply
from runners.engine import operations
from runners.engine.operations import RunFilter
from runners.engine.run import Run, RunStatus
from runners.engine.words import Language, say

ROWS = 8
LONGEST_SEARCH = 64


def runs(asking: Asking) -> Reply:
    """List the newest runs; with words, those in a status, of a job, or with the text in their id or error."""
    wanted = filter_of(asking, asking.argument[:LONGEST_SEARCH])
    found = operations.list_runs(asking.platform, asking.actor, wanted, ROWS)
    if not found.rows:
        return Reply(_none(asking, asking.argument[:LONGEST_SEARCH]))
    more = found.total - len(found.rows)
    lines = [asking.say("runs", count=found.total), *(f"• {run_line(asking, run)}" for run in found.rows)]
    return Reply("\n".join([*lines, *([asking.say("more", count=more)] if more > 0 else [])]), page="/ui/runs")


def _none(asking: Asking, words: str) -> str:
    if words:
        return asking.say("no_runs_with", words=words)
    return asking.say("no_runs_start_one" if asking.may("run_job") else "no_runs")


def watch(asking: Asking) -> Reply:
    """Show one run, and go on showing it until it ends."""
    found = run_to_read(asking, asking.argument)
    return found if isinstance(found, Reply) else followed(asking, found)


def cancel(asking: Asking) -> Reply:
    """Cancel a run, after it was asked about once more."""
    found = _active_of(asking)
    if isinstance(found, Reply):
        return found
    if not found.status.active:
        return Reply(asking.say("ended_already", run=run_line(asking, found)), replaces=asking.command.pressed)
    if not asking.command.pressed:
        button = asking.button("cancel_run", "cancel", found.run_id, job=found.job_id)
        sure = asking.say("sure_cancel", run=run_line(asking, found))
        return Reply(sure, ((button,), (asking.button("keep", "keep"),)))
    done = operations.cancel_run(asking.platform, asking.actor, found.run_id)
    return followed(asking, done.run)


def retry(asking: Asking) -> Reply:
    """Run once more what a run did, with the same inputs; the answer follows the new run until it ends."""
    found = run_of(asking, asking.argument)
    if isinstance(found, Reply):
        return found
    if found.status.active:
        return Reply(asking.say("not_ended", run=run_line(asking, found)))
    again = operations.retry_run(asking.platform, asking.actor, found.run_id, idempotency_key=asking.key)
    return followed(asking, again)


def filter_of(asking: Asking, words: str) -> RunFilter:
    """Return the filter that the words state: a status in either spelling, and a text for the rest."""
    spelled = {asking.say(f"status_{status}").lower(): status for status in RunStatus}
    known = spelled | {status.value: status for status in RunStatus}
    first, _, rest = words.partition(" ")
    for said, left in ((words.lower(), ""), (first.lower(), rest.strip())):
        if said in known:
            return RunFilter(status=known[said], search=left or None)
    return RunFilter(search=words or None)


def followed(asking: Asking, run: Run) -> Reply:
    """Return a run as it is now, followed until it ends."""
    lines = [f"{run.job_id}: {state_of(asking, run)}", run.run_id]
    if run.progress and run.status is RunStatus.RUNNING:
        lines.append(_progress(run.progress))
    if error := error_of(asking, run):
        lines.append(error)
    if run.status is RunStatus.WAITING_APPROVAL:
        lines.append(asking.say("waits_for_decision"))
    if run.cancel_requested and run.status.active:
        lines.append(asking.say("cancelling"))
    live = Command("watch", run.run_id) if run.status.active else None
    page = f"/ui/runs/{run.run_id}"
    return Reply("\n".join(lines), _buttons(asking, run), page=page, live=live, replaces=asking.command.pressed)


def after_failure(run_id: str, notice: str, language: Language) -> Reply:
    """Return the notice of a failed run, with what anybody in the chat may ask about it as if he had written it."""
    row = tuple(Button(say(f"chat.do_{name}", language), "again", f"{name} {run_id}") for name in ("log", "retry"))
    return Reply(notice, (row,), page=f"/ui/runs/{run_id}")


def run_line(asking: Asking, run: Run) -> str:
    """Return a run as a line of a list, with its id in the next."""
    parts = [run.job_id, state_of(asking, run)]
    if run.status is not RunStatus.RUNNING:
        parts.append(asking.moment(run.started_at or run.created_at))
    error = error_of(asking, run)
    return f"{' · '.join(parts)}{': ' if error else ''}{error}\n  {run.run_id}"


def error_of(asking: Asking, run: Run) -> str:
    """Return the first line of why a run failed, or who cancelled it; '' for all others."""
    if run.status is RunStatus.CANCELLED:
        _, by, who = (run.error or "").partition("cancelled by ")
        return asking.say("cancelled_by", who=one_line(who)) if by else ""
    return one_line(asking.spoken(run.error)) if run.error else ""


def state_of(asking: Asking, run: Run) -> str:
    """Return in which state a run is, with how long it took, or since when it runs: a message that follows a run is not
    edited for nothing but time.
    """
    state = asking.say(f"status_{run.status}")
    if run.started_at and run.status is RunStatus.RUNNING:
        return asking.say("running_since", at=asking.moment(run.started_at))
    if run.started_at and run.finished_at and run.status in (RunStatus.SUCCESS, RunStatus.FAILED):
        return f"{state}, {_length(max((run.finished_at - run.started_at).total_seconds(), 0.0))}"
    return state


def _active_of(asking: Asking) -> Run | Reply:
    """Return the run of this id, or the only active one of the job of this name: it is asked about by its id anyhow. Of
    several the one is offered to be chosen.
    """
    if not asking.argument or asking.argument.startswith("run_"):
        return run_of(asking, asking.argument)
    mine = RunFilter(job_id=asking.argument)
    found = operations.list_runs(asking.platform, asking.actor, mine, ROWS).rows
    active = [run for run in found if run.status.active]
    if found and not active:
        return Reply(asking.say("none_active", job=asking.argument))
    if len(active) < 2:
        return active[0] if active else run_of(asking, asking.argument)
    rows = tuple((_cancel_button(asking, run),) for run in active)
    return Reply(asking.say("active_of", job=asking.argument, count=len(active)), rows)


def _cancel_button(asking: Asking, run: Run) -> Button:
    parts = [asking.say("do_cancel"), state_of(asking, run)]
    if run.status is not RunStatus.RUNNING:
        parts.append(asking.moment(run.started_at or run.created_at))
    return Button(" · ".join(parts), "again", f"cancel {run.run_id}")


def _buttons(asking: Asking, run: Run) -> tuple[tuple[Button, ...], ...]:
    row = [asking.button("log", "log", run.run_id)] if run.started_at else []
    if run.status.active and not run.cancel_requested and asking.may("cancel_run"):
        row.append(asking.button("cancel", "again", f"cancel {run.run_id}"))
    if run.status is RunStatus.WAITING_APPROVAL and run.approval_id:
        row.append(asking.button("decide", "approvals", run.approval_id))
    if run.status in (RunStatus.FAILED, RunStatus.CANCELLED) and asking.may("retry_run"):
        row.append(asking.button("retry", "retry", run.run_id))
    if run.status is RunStatus.FAILED:
        row.append(asking.button("why", "why", run.job_id))
    return (tuple(row),) if row else ()


def _progress(progress: Mapping[str, Any]) -> str:
    done = f"{100 * progress['done'] / progress['total']:.0f} %"
    return f"{done} · {one_line(progress['note'])}" if progress.get("note") else done


def _length(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
